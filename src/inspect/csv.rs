//! Layers as comma-separated values (RFC 4180), for spreadsheets.

use super::Inspection;

/// The columns, in their order.
pub const HEADER: &str = "name,op,in_h,in_w,in_c,out_h,out_w,out_c,kernel_h,kernel_w,stride_h,\
                          stride_w,groups,params,macs,share";

/// One line a layer, with a header.
pub fn to_csv(inspection: &Inspection) -> String {
    let mut text = format!("{HEADER}\n");
    for layer in &inspection.layers {
        let numbers: Vec<String> = layer
            .input
            .iter()
            .chain(&layer.output)
            .chain(&layer.kernel)
            .chain(&layer.stride)
            .chain([&layer.groups])
            .map(u32::to_string)
            .collect();
        let (params, macs, share) = (layer.params, layer.macs, layer.share);
        let name = quoted(&layer.name);
        text += &format!("{name},{},{},{params},{macs},{share}\n", layer.op, numbers.join(","));
    }
    text
}

/// A value as it stands between commas; one that a spreadsheet would take for a formula is quoted
/// behind an apostrophe.
fn quoted(value: &str) -> String {
    let value =
        if value.starts_with(['=', '+', '-', '@']) { format!("'{value}") } else { value.into() };
    if value.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", value.replace('"', "\"\""))
    } else {
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::parse;

    #[test]
    fn every_layer_is_a_line_of_as_many_values_as_the_header() {
        let parsed = parse("|none~0|+|none~0|none~1|+|nor_conv_3x3~0|none~1|none~2|").unwrap();
        let graph =
            parsed.build(crate::family::by_name("nb201").unwrap().variants().first().unwrap());
        let inspection = Inspection::of(&parsed, &graph.unwrap());
        let csv = to_csv(&inspection);
        assert_eq!(csv.lines().count(), inspection.layers.len() + 1);
        let columns = HEADER.split(',').count();
        assert!(csv.lines().all(|line| line.split(',').count() == columns), "{csv}");
        assert!(csv.contains("conv,32,32,3,32,32,16,3,3,1,1,1,432,442368,"), "{csv}");
    }

    #[test]
    fn names_can_hold_commas_quotes_and_no_formulas() {
        let cases =
            [("conv_1", "conv_1"), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("=1+1", "'=1+1")];
        for (name, expected) in cases {
            assert_eq!(quoted(name), expected);
        }
    }
}
