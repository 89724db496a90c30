//! Values that nothing computes: weights, and constants that stand in the file.

use super::network::{Kind, Network, Source, Value, ValueId};
use super::numbers::{Data, Numbers, elements, is_learnable};
use super::proto::{Attribute, Node, Tensor};
use super::scope::wrong;
use super::shapes::{Dims, is_sane};
use crate::error::Result;

/// Numbers of one weight.
const MAX_ELEMENTS_OF_A_WEIGHT: u64 = 1 << 48;

impl Network {
    /// Adds a value that is not known yet.
    pub(super) fn add_value(&mut self, name: &str, kind: Kind, dims: Option<Dims>) -> ValueId {
        let (numbers, sources, is_source) = (None, Vec::new(), false);
        let value = Value { name: name.to_owned(), kind, dims, numbers, sources, is_source };
        self.values.push(value);
        self.values.len() - 1
    }

    /// Adds a tensor of weights of one of the standard's types; `is_bare` where it has no numbers.
    pub(super) fn add_weight(
        &mut self,
        name: &str,
        dims: Option<Dims>,
        is_bare: bool,
        data_type: i32,
    ) -> ValueId {
        let dims = dims.filter(|dims| is_sane(dims) && !dims.contains(&0));
        let elements =
            dims.as_deref().and_then(elements).filter(|&n| n <= MAX_ELEMENTS_OF_A_WEIGHT);
        let owned = name.to_owned();
        let is_learnable = is_learnable(data_type);
        let source =
            Source { name: owned, elements, is_bare, is_input: false, data_type, is_learnable };
        self.sources.push(source);
        let kind = if is_bare { Kind::Weight } else { Kind::Constant };
        let id = self.add_value(name, kind, dims);
        self.values[id].sources = vec![self.sources.len() - 1];
        self.values[id].is_source = true;
        id
    }

    /// A tensor that stands in the file; an initialiser without any numbers is a weight.
    pub(super) fn add_constant(
        &mut self,
        name: &str,
        tensor: &Tensor,
        is_initializer: bool,
    ) -> ValueId {
        let typed = [tensor.floats.len(), tensor.int32s.len(), tensor.int64s.len()];
        let has_numbers = tensor.skipped
            || tensor.location == 1
            || !tensor.raw.is_empty()
            || typed.iter().chain([&tensor.doubles.len(), &tensor.uint64s.len()]).any(|&n| n > 0);
        let n = elements(&tensor.dims).unwrap_or(0);
        let is_bare = is_initializer && !has_numbers && n > 0;
        let id = self.add_weight(name, Some(tensor.dims.clone()), is_bare, tensor.data_type);
        if let Some(source) = self.sources.last_mut() {
            source.is_learnable &= is_initializer;
        }
        let value = &mut self.values[id];
        value.numbers = Numbers::of(tensor);
        self.n_numbers += value.numbers.as_ref().map_or(0, |numbers| numbers.data.len());
        value.dims = Some(tensor.dims.clone()).filter(|dims| is_sane(dims));
        id
    }

    /// Adds what a Constant node holds.
    pub(super) fn add_constant_node(
        &mut self,
        node: &Node,
        attributes: &[Attribute],
    ) -> Result<ValueId> {
        let name = node.outputs.first().map_or("", |name| &name[..]);
        let attribute = attributes.first();
        if let Some(tensor) = attributes.iter().find_map(|attribute| attribute.t.as_ref()) {
            return Ok(self.add_constant(name, tensor, false));
        }
        let numbers = attribute.and_then(|attribute| match &attribute.name[..] {
            "value_int" => Some(Numbers::int(attribute.i)),
            "value_float" => Some(Numbers::float(f64::from(attribute.f))),
            "value_ints" => Some(Numbers::row(attribute.ints.clone())),
            "value_floats" => Some(Numbers {
                dims: vec![attribute.floats.len() as i64],
                data: Data::Floats(
                    attribute.floats.iter().map(|&float| f64::from(float)).collect(),
                ),
            }),
            _ => None,
        });
        let numbers = numbers.ok_or_else(|| wrong(node, "holds no tensor of numbers".into()))?;
        let id = self.add_value(name, Kind::Constant, Some(numbers.dims.clone()));
        self.values[id].numbers = Some(numbers);
        Ok(id)
    }
}
