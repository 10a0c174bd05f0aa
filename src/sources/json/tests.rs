//! What is read is what stands there, and what another reader of JSON hears.

use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn read(text: &str) -> Option<String> {
    let mut store = Store::default();
    match record(text.as_bytes(), &mut store) {
        Parsed::Object(o) | Parsed::Repaired(o) => {
            Some(o.str("a").unwrap_or_default().into_owned())
        }
        _ => None,
    }
}

#[test]
fn reads_and_repairs() {
    assert_eq!(read(r#"{"a":"x"}"#).as_deref(), Some("x"));
    assert_eq!(read("\u{feff}{\"a\":\"x\"}\r").as_deref(), Some("x"));
    assert_eq!(read(r#"{"a":"x\ud83dy"}"#).as_deref(), Some("x\u{fffd}y"));
    assert_eq!(read(r#"{"a":"\ud83d\ude00"}"#).as_deref(), Some("😀"));
    assert_eq!(read(r#"{"a":"\\ud83d"}"#).as_deref(), Some("\\ud83d"));
    assert_eq!(read(r#"{"a":1,"a":"last"}"#).as_deref(), Some("last"));
    for bad in ["[1]", "{", "{}{}", "nul"] {
        assert_eq!(read(bad), None);
    }
}

#[test]
fn a_head_ends_between_characters() {
    let text = r#""aé\n\ud83d\ude00 and more""#;
    let value = Json::from_sound(text);
    let whole = value.str().unwrap();
    let heads: Vec<_> = (0..text.len()).filter_map(|n| value.head(n)).collect();
    assert_eq!(heads.len(), text.len());
    assert!(heads.iter().all(|head| whole.starts_with(&**head)));
    let lens: Vec<_> = heads.iter().map(|h| h.chars().count()).collect();
    assert_eq!(
        lens[..18],
        [0, 1, 2, 2, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4][..]
    );
}

#[test]
fn numbers_saturate() {
    let number = |text| Json::from_sound(text).u64();
    assert_eq!(
        [
            number("-4"),
            number("1e3"),
            number("18446744073709551616"),
            number("\"7\""),
            number("2.9")
        ],
        [Some(0), Some(1000), Some(u64::MAX), None, Some(2)]
    );
}

/// Whether a value says what another reader of JSON heard.
fn same(json: Json<'_>, value: &Value) -> bool {
    match value {
        Value::Null => json.is_null(),
        Value::Bool(b) => json.bool() == Some(*b),
        Value::Number(n) => json.f64() == n.as_f64(),
        Value::String(text) => json.str().as_deref() == Some(text),
        Value::Array(items) => {
            let list = json.list();
            list.len() == items.len() && list.into_iter().zip(items).all(|(j, v)| same(j, v))
        }
        Value::Object(fields) => json.obj().is_some_and(|obj| {
            let of = |name: &String| obj.get(name).unwrap_or(Json::from_sound("null"));
            obj.fields().count() == fields.len() && fields.iter().all(|(k, v)| same(of(k), v))
        }),
    }
}

proptest! {
    #[test]
    fn says_what_stands_there(value in scan::tests::value()) {
        let text = format!(" {{\"a\": {value}, \"b\": 1 }}");
        let mut store = Store::default();
        let Parsed::Object(record) = record(text.as_bytes(), &mut store) else {
            return Err(TestCaseError::fail("no record"));
        };
        let anew = Obj::parse(&text).unwrap();
        for read in [record, anew] {
            prop_assert!(same(read.get("a").unwrap_or(Json::from_sound("null")), &value), "{}", text);
            prop_assert_eq!(read.u64("b"), Some(1));
        }
    }

    #[test]
    fn no_bytes_panic(bytes in any::<Vec<u8>>()) {
        let mut store = Store::default();
        let _ = matches!(record(&bytes, &mut store), Parsed::Blank);
    }
}
