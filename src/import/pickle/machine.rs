//! The stack on which a pickle's instructions run.
//!
//! A list, dict or object is open while instructions may fill it, and finished for good once anything
//! holds it: a later change is an error. So no value ever contains itself, and every depth is known.

use std::collections::{HashMap, HashSet};

use super::call::{Made, call};
use super::class::Class;
use super::token::{Token, broken};
use super::value::{Kind, MAX_DEPTH, Value};
use crate::error::{Error, ErrorKind, Result};
use crate::family::literal::shorten;
use crate::import::sink::Flow;

/// Instructions for one value: a graph of GENNAPE takes some 50,000.
const MAX_STEPS: u64 = 4_000_000;
/// Bytes of strings in one value.
const MAX_STRING_BYTES: usize = 64 << 20;

/// What stands on the stack.
enum Item {
    Done(Value),
    Open(Open),
    /// An element of the outer list that was handed on.
    Delivered,
}

/// What can still be filled.
struct Open {
    kind: Kind,
    memo: Option<u32>,
}

/// What stands under a number of the memo.
enum Memo {
    Done(Value),
    /// The open item at this place of the stack.
    Open(usize),
}

/// The stack and the memo.
pub(super) struct Machine<'a> {
    stack: Vec<Item>,
    marks: Vec<usize>,
    memo: HashMap<u32, Memo>,
    n_memoized: u32,
    /// The numbers that must be kept; all where there is no list.
    fetched: Option<HashSet<u32>>,
    /// Takes the elements of the outer list.
    each: Option<&'a mut dyn FnMut(Value) -> Result<Flow>>,
    n_steps: u64,
    n_string_bytes: usize,
    offset: u64,
}

impl<'a> Machine<'a> {
    /// With an empty stack.
    pub(super) fn new(
        fetched: Option<HashSet<u32>>,
        each: Option<&'a mut dyn FnMut(Value) -> Result<Flow>>,
    ) -> Self {
        Self {
            stack: Vec::new(),
            marks: Vec::new(),
            memo: HashMap::new(),
            n_memoized: 0,
            fetched,
            each,
            n_steps: 0,
            n_string_bytes: 0,
            offset: 0,
        }
    }

    /// Runs the instruction at byte `offset`.
    pub(super) fn step(&mut self, offset: u64, token: Token) -> Result<Flow> {
        self.offset = offset;
        self.count(&token)?;
        match token {
            Token::Ignored => (),
            Token::Stop => return Ok(Flow::Stop),
            Token::Nothing => self.push(Kind::Nothing)?,
            Token::Bool(flag) => self.push(Kind::Bool(flag))?,
            Token::Integer(number) => self.push(Kind::Integer(number))?,
            Token::Float(number) => self.push(Kind::Float(number))?,
            Token::Text(text) => self.push(Kind::Text(text))?,
            Token::Bytes(bytes) => self.push(Kind::Bytes(bytes))?,
            Token::Mark => self.marks.push(self.stack.len()),
            Token::EmptyList | Token::EmptySet => self.push_open(Kind::Sequence(Vec::new())),
            Token::EmptyDict => {
                if self.deliver_top()? == Flow::Stop {
                    return Ok(Flow::Stop);
                }
                self.push_open(Kind::Dict(Vec::new()));
            }
            Token::EmptyTuple => self.push(Kind::Sequence(Vec::new()))?,
            Token::TupleOf(count) => {
                let from = self.stack.len().checked_sub(count).ok_or_else(|| self.underflow())?;
                let items = self.pop_from(from)?;
                self.push(Kind::Sequence(items))?;
            }
            Token::Sequence => {
                let items = self.pop_to_mark()?;
                self.push_open(Kind::Sequence(items));
            }
            Token::Dict => {
                let items = self.pop_to_mark()?;
                let entries = self.pairs(items)?;
                self.push_open(Kind::Dict(entries));
            }
            Token::Append => {
                let item = self.pop()?;
                return self.append(vec![item]);
            }
            Token::Appends => {
                let items = self.pop_to_mark()?;
                return self.append(items);
            }
            Token::SetItem => {
                let (value, key) = (self.pop()?, self.pop()?);
                self.set_items(vec![key, value])?;
            }
            Token::SetItems => {
                let items = self.pop_to_mark()?;
                self.set_items(items)?;
            }
            Token::Global(module, name) => self.push_class(&module, &name)?,
            Token::StackGlobal => {
                let (name, module) = (self.pop()?, self.pop()?);
                match (module.text(), name.text()) {
                    (Some(module), Some(name)) => self.push_class(module, name)?,
                    _ => return Err(broken(offset, "a class whose name is no string")),
                }
            }
            Token::NewObject => self.new_object()?,
            Token::Reduce => self.reduce()?,
            Token::Build => self.build()?,
            Token::Get(id) => self.get(id)?,
            Token::Put(id) => self.put(id)?,
            Token::Memoize => {
                self.put(self.n_memoized)?;
                self.n_memoized = self.n_memoized.saturating_add(1);
            }
        }
        Ok(Flow::On)
    }

    /// The one value that is left at the end, at byte `offset`.
    pub(super) fn result(mut self, offset: u64) -> Result<Value> {
        match self.stack.len() {
            1 => self.pop(),
            n => Err(broken(offset, format!("the pickle ends with {n} values; expected one"))),
        }
    }

    fn count(&mut self, token: &Token) -> Result<()> {
        self.n_steps += 1;
        self.n_string_bytes += match token {
            Token::Text(text) => text.len(),
            Token::Bytes(bytes) => bytes.len(),
            _ => 0,
        };
        if self.n_steps > MAX_STEPS || self.n_string_bytes > MAX_STRING_BYTES {
            let message = format!(
                "byte {}: a value of more than {MAX_STEPS} instructions or {MAX_STRING_BYTES} bytes",
                self.offset
            );
            return Err(Error::new(ErrorKind::TooLarge, message));
        }
        Ok(())
    }

    fn done(&self, kind: Kind) -> Result<Value> {
        Value::new(kind).ok_or_else(|| {
            let message = format!("byte {}: values more than {MAX_DEPTH} deep", self.offset);
            Error::new(ErrorKind::TooLarge, message)
        })
    }

    fn push(&mut self, kind: Kind) -> Result<()> {
        let value = self.done(kind)?;
        self.stack.push(Item::Done(value));
        Ok(())
    }

    fn push_open(&mut self, kind: Kind) {
        self.stack.push(Item::Open(Open { kind, memo: None }));
    }

    fn push_class(&mut self, module: &str, name: &str) -> Result<()> {
        let class = Class::find(module, name).ok_or_else(|| {
            let shown = shorten(&format!("{module}.{name}"));
            broken(
                self.offset,
                format!("class `{shown}` is not on the list of harmless ones, so it is refused"),
            )
        })?;
        self.push(Kind::Class(class))
    }

    fn underflow(&self) -> Error {
        underflow(self.offset)
    }

    /// Finishes what was taken from the stack; the memo keeps it if it will be fetched.
    fn finish(&mut self, item: Item) -> Result<Value> {
        match item {
            Item::Done(value) => Ok(value),
            Item::Delivered => Err(broken(self.offset, "an element of the list is used again")),
            Item::Open(Open { kind, memo }) => {
                let value = self.done(kind)?;
                if let Some(id) = memo {
                    self.memo.insert(id, Memo::Done(value.clone()));
                }
                Ok(value)
            }
        }
    }

    /// Takes the top, which must lie behind the last mark.
    fn pop(&mut self) -> Result<Value> {
        let floor = self.marks.last().copied().unwrap_or(0);
        if self.stack.len() <= floor {
            return Err(self.underflow());
        }
        let item = self.stack.pop().ok_or_else(|| self.underflow())?;
        self.finish(item)
    }

    fn pop_to_mark(&mut self) -> Result<Vec<Value>> {
        let from = self.marks.pop().ok_or_else(|| self.underflow())?;
        self.pop_from(from)
    }

    /// Takes all from place `from` on; those that were handed on are left out.
    fn pop_from(&mut self, from: usize) -> Result<Vec<Value>> {
        if self.marks.last().is_some_and(|&mark| from < mark) {
            return Err(self.underflow());
        }
        let items = self.stack.split_off(from);
        let kept = items.into_iter().filter(|item| !matches!(item, Item::Delivered));
        kept.map(|item| self.finish(item)).collect()
    }

    /// The open value on the top, to be filled.
    fn top(&mut self) -> Result<&mut Kind> {
        let offset = self.offset;
        match self.stack.last_mut() {
            Some(Item::Open(open)) => Ok(&mut open.kind),
            Some(_) => {
                let message =
                    "a value is changed that is already held by another one (or by itself)";
                Err(broken(offset, message))
            }
            None => Err(underflow(offset)),
        }
    }

    fn append(&mut self, items: Vec<Value>) -> Result<Flow> {
        let is_outer = self.stack.len() == 1 && self.marks.is_empty();
        if let Some(each) = self.each.as_mut().filter(|_| is_outer) {
            for item in items {
                if each(item)? == Flow::Stop {
                    return Ok(Flow::Stop);
                }
            }
            (self.n_steps, self.n_string_bytes) = (0, 0);
            return Ok(Flow::On);
        }
        let offset = self.offset;
        match self.top()? {
            Kind::Sequence(list) => list.extend(items),
            _ => return Err(broken(offset, "something is appended to what is no list")),
        }
        Ok(Flow::On)
    }

    /// Hands the finished dict on the top to the taker, where it is an element of the outer list: a
    /// dict is no key, so one pushed straight upon another begins the next element.
    fn deliver_top(&mut self) -> Result<Flow> {
        let is_element = self.marks == [1] && self.stack.len() > 1;
        let is_dict = matches!(
            self.stack.last(),
            Some(Item::Open(Open { kind: Kind::Dict(entries), .. })) if !entries.is_empty()
        );
        if self.each.is_none() || !is_element || !is_dict {
            return Ok(Flow::On);
        }
        let value = self.pop()?;
        self.stack.push(Item::Delivered);
        (self.n_steps, self.n_string_bytes) = (0, 0);
        self.each.as_mut().map_or(Ok(Flow::On), |each| each(value))
    }

    fn pairs(&self, items: Vec<Value>) -> Result<Vec<(Value, Value)>> {
        if !items.len().is_multiple_of(2) {
            return Err(broken(self.offset, "a key of a dict lacks its value"));
        }
        let mut items = items.into_iter();
        Ok(std::iter::from_fn(|| Some((items.next()?, items.next()?))).collect())
    }

    fn set_items(&mut self, items: Vec<Value>) -> Result<()> {
        let pairs = self.pairs(items)?;
        let offset = self.offset;
        match self.top()? {
            Kind::Dict(entries) => entries.extend(pairs),
            _ => return Err(broken(offset, "something is set in what is no dict")),
        }
        Ok(())
    }

    fn new_object(&mut self) -> Result<()> {
        let (args, class) = (self.pop()?, self.pop()?);
        match class.kind() {
            Kind::Class(
                class @ (Class::Genotype
                | Class::ComputeGraph
                | Class::RegularNode
                | Class::WeightedNode),
            ) => {
                self.push_open(Kind::Object { class: *class, args, state: None });
                Ok(())
            }
            _ => Err(broken(self.offset, "an object of a class that has none here is refused")),
        }
    }

    /// A call of one of the few functions whose result is plain data.
    fn reduce(&mut self) -> Result<()> {
        let (args, function) = (self.pop()?, self.pop()?);
        match call(&function, args, self.offset)? {
            Made::Open(kind) => self.push_open(kind),
            Made::Done(kind) => self.push(kind)?,
        }
        Ok(())
    }

    fn build(&mut self) -> Result<()> {
        let new_state = self.pop()?;
        let offset = self.offset;
        match self.top()? {
            Kind::Object { state: state @ None, .. } => *state = Some(new_state),
            _ => return Err(broken(offset, "a state is given to what has none")),
        }
        Ok(())
    }

    fn put(&mut self, id: u32) -> Result<()> {
        if self.fetched.as_ref().is_some_and(|fetched| !fetched.contains(&id)) {
            return Ok(());
        }
        let place = self.stack.len().saturating_sub(1);
        let offset = self.offset;
        let memo = match self.stack.last_mut() {
            Some(Item::Done(value)) => Memo::Done(value.clone()),
            Some(Item::Open(open)) if open.memo.is_none() => {
                open.memo = Some(id);
                Memo::Open(place)
            }
            _ => return Err(broken(offset, "nothing that could be remembered")),
        };
        match self.memo.insert(id, memo) {
            None => Ok(()),
            Some(_) => Err(broken(offset, format!("number {id} of the memo is taken twice"))),
        }
    }

    /// Fetches a value; one that was open is finished by that.
    fn get(&mut self, id: u32) -> Result<()> {
        let value = match self.memo.get(&id) {
            Some(Memo::Done(value)) => value.clone(),
            Some(&Memo::Open(place)) => {
                let item = std::mem::replace(&mut self.stack[place], Item::Delivered);
                let value = self.finish(item)?;
                self.stack[place] = Item::Done(value.clone());
                value
            }
            None => return Err(broken(self.offset, format!("number {id} of the memo is empty"))),
        };
        self.stack.push(Item::Done(value));
        Ok(())
    }
}

fn underflow(offset: u64) -> Error {
    broken(offset, "an instruction takes more from the stack than there is")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::{each_of_list, fetched, read};
    use super::*;

    fn error(bytes: &[u8]) -> String {
        read(bytes).expect_err("an error").to_string()
    }

    #[test]
    fn plain_values_read_as_python_prints_them() {
        // pickle.dumps of the value, protocols 2 and 4
        let cases: [(&[u8], &str); 6] = [
            (b"\x80\x02K\x07.", "7"),
            (b"\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00\x8a\x05\x00\x00\x00\x00\xff.", "-4294967296"),
            (b"\x80\x02]q\x00(K\x01\x88NG?\xe0\x00\x00\x00\x00\x00\x00e.", "[1,True,None,0.5,]"),
            (b"\x80\x04\x95\x00\x00\x00\x00\x00\x00\x00\x00}\x94(\x8c\x01a\x94]\x94K\x01a\x8c\x01b\x94h\x02u.", "{'a':[1,],'b':[1,],}"),
            // (x, x) with x = []
            (b"\x80\x02]q\x00h\x00\x86q\x01.", "[[],[],]"),
            // range(2, 6)
            (b"\x80\x02c__builtin__\nxrange\nq\x00K\x02K\x06K\x01\x87q\x01Rq\x02.", "[2,3,4,5,]"),
        ];
        for (bytes, expected) in cases {
            assert_eq!(read(bytes).unwrap().to_literal().unwrap(), expected);
        }
    }

    #[test]
    fn what_could_do_harm_is_refused_by_name() {
        let cases: [(&[u8], &str); 9] = [
            (
                b"\x80\x02cos\nsystem\n\x8c\x02ls\x85R.",
                "byte 2: class `os.system` is not on the list of harmless ones, so it is refused",
            ),
            (
                b"\x80\x04\x8c\x05posix\x8c\x06system\x93.",
                "byte 17: class `posix.system` is not on the list",
            ),
            (b"\x80\x02cbuiltins\neval\n.", "byte 2: class `builtins.eval`"),
            (
                b"\x80\x02ccollections\nOrderedDict\nK\x01\x85R.",
                "byte 30: a call that does not make plain data is refused",
            ),
            (
                b"\x80\x02ccollections\nOrderedDict\n)\x81.",
                "byte 28: an object of a class that has none",
            ),
            (b"\x80\x02P1\n.", "byte 2: instruction 0x50 (`P`) is not needed for plain data"),
            (b"\x80\x02\x82\x01.", "byte 2: instruction 0x82"),
            (b"(lp0\n.", "byte 2: instruction 0x70 (`p`)"),
            (b"\x80\x06N.", "byte 0: pickle protocol 6; expected 2 to 5"),
        ];
        for (bytes, expected) in cases {
            assert!(error(bytes).starts_with(expected), "{}\n{expected}", error(bytes));
        }
    }

    #[test]
    fn a_value_that_holds_itself_is_refused() {
        let cases: [&[u8]; 4] = [
            // x = []; x.append(x)
            b"\x80\x02]q\x00h\x00a.",
            b"\x80\x02]q\x00(h\x00K\x01e.",
            // x = {}; x["a"] = [x]
            b"\x80\x02}q\x00X\x01\x00\x00\x00a]q\x01h\x00as.",
            // an object whose state holds it
            b"\x80\x02cm\nGenotype\n)\x81q\x00}X\x01\x00\x00\x00ah\x00sb.",
        ];
        for bytes in cases {
            let error = error(bytes);
            assert!(error.contains("already held by another one (or by itself)"), "{error}");
        }
    }

    #[test]
    fn cut_off_giant_and_deep_pickles_are_errors() {
        let deep = |n: usize| {
            [b"\x80\x02".to_vec(), vec![b']'; n], vec![b'a'; n - 1], vec![b'.']].concat()
        };
        assert!(read(deep(65).as_slice()).is_ok());
        let tuples = [b"\x80\x02N".to_vec(), vec![0x85; 100_000]].concat();
        let marks = [b"\x80\x02".to_vec(), vec![b'('; 5_000_000]].concat();
        let cases: [(&[u8], &str); 11] = [
            (b"", "byte 0: the pickle is cut off here"),
            (b"\x80\x02](K\x01", "byte 6: the pickle is cut off here"),
            (
                b"\x80\x02X\xff\xff\xff\x7fab",
                "byte 2: a string of 2147483647 bytes; expected at most 1048576",
            ),
            (
                b"\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\xff",
                "byte 2: a string of 18446744073709551615 bytes",
            ),
            (
                b"\x80\x02\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x00\x01.",
                "byte 2: a whole number of more than 64 bits",
            ),
            (b"\x80\x02a.", "byte 2: an instruction takes more from the stack"),
            (b"\x80\x02(K\x01\x86.", "byte 5: an instruction takes more from the stack"),
            (b"\x80\x02]]K\x01.", "byte 6: the pickle ends with 3 values; expected one"),
            (b"\x80\x02h\x07.", "byte 2: number 7 of the memo is empty"),
            (&tuples, "byte 67: values more than 64 deep"),
            (&marks, "byte 4000001: a value of more than 4000000 instructions"),
        ];
        for (bytes, expected) in cases {
            assert!(error(bytes).starts_with(expected), "{}\n{expected}", error(bytes));
        }
        assert!(error(&deep(67)).contains("values more than 64 deep"));
    }

    #[test]
    fn elements_of_a_list_are_handed_on_one_by_one() {
        // [{"a": x, "b": 1}, {"a": x, "b": 2}, {"a": x, "b": 3}] with x = [7], protocol 4
        let bytes = b"\x80\x04]\x94(}\x94(\x8c\x01a\x94]\x94K\x07a\x8c\x01b\x94K\x01u}\x94(h\x02h\x03h\x04K\x02ue}\x94(h\x02h\x03h\x04K\x03ua.";
        let ids = fetched(bytes.as_slice()).unwrap();
        assert_eq!(ids, HashSet::from([2, 3, 4]));
        for n_wanted in 1..=3 {
            let mut seen = Vec::new();
            let mut each = |value: Value| {
                seen.push(value.to_literal()?);
                Ok(if seen.len() == n_wanted { Flow::Stop } else { Flow::On })
            };
            each_of_list(bytes.as_slice(), ids.clone(), &mut each).unwrap();
            let all = ["{'a':[7,],'b':1,}", "{'a':[7,],'b':2,}", "{'a':[7,],'b':3,}"];
            assert_eq!(seen, all[..n_wanted]);
        }
    }
}
