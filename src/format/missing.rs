//! In place of the large readers, in a build without them: whoever asks is told what to do.

use super::Parsed;
use crate::error::{Error, ErrorKind, Result};

/// In place of the reader of Keras models.
pub(super) mod keras {
    use super::{Parsed, Result, error};

    pub(in crate::format) fn read(_text: &str, _input_size: Option<[u32; 2]>) -> Result<Parsed> {
        Err(error("a Keras model"))
    }
}

/// In place of the reader of ONNX files.
pub(super) mod onnx {
    use std::io::{Read, Seek};

    use super::super::OnnxOptions;
    use super::{Parsed, Result, error};

    /// What no file has here.
    #[derive(Debug)]
    pub(in crate::format) enum Structure {}

    pub(in crate::format) fn open(_reader: impl Read + Seek) -> Result<Structure> {
        Err(error("an ONNX model"))
    }

    impl Structure {
        pub(in crate::format) fn opset(&self) -> Option<i64> {
            match *self {}
        }

        pub(in crate::format) fn has_open_size(&self) -> bool {
            match *self {}
        }

        pub(in crate::format) fn network(&self, _options: &OnnxOptions) -> Result<Parsed> {
            match *self {}
        }
    }
}

fn error(title: &str) -> Error {
    let message =
        format!("{title} can't be read by this build; build it with the feature `readers`");
    Error::new(ErrorKind::NoReader, message)
}
