//! A message as texts to search, each with what it is.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::model::{Message, Part, Role, ToolCall, ToolKind};
use crate::query::Scope;
use crate::text::{Clean, Raw};

/// Tells the texts of a message that are asked for in the order they stand there, as they are shown.
pub fn each_text<'m>(
    message: &'m Message,
    asked: &dyn Fn(Scope) -> bool,
    tell: &mut dyn FnMut(Scope, &str),
) {
    for part in &message.parts {
        each_text_of(message.role, part, asked, tell);
    }
}

/// The same of one part of a message.
pub fn each_text_of<'m>(
    role: Role,
    part: &'m Part,
    asked: &dyn Fn(Scope) -> bool,
    tell: &mut dyn FnMut(Scope, &str),
) {
    // To clean a text costs more than to search it.
    let mut tell = |scope, text: &dyn Fn() -> Cow<'m, str>| {
        if asked(scope) {
            tell(scope, &text());
        }
    };
    let tell: Tell<'m, '_> = &mut tell;
    let by_role = match role {
        Role::User => Scope::User,
        Role::Assistant => Scope::Assistant,
        Role::System => Scope::System,
    };
    match part {
        Part::Text(text) => tell(by_role, &|| Clean::seen(text.untrusted())),
        Part::Thinking(text) => {
            if let Some(text) = text {
                tell(Scope::Thinking, &|| Clean::seen(text.untrusted()));
            }
        }
        Part::ToolCall(call) => each_of_call(call, tell),
        Part::ToolResult(result) => tell(Scope::Output, &|| result.output.seen_output()),
        Part::Attachment { path } => {
            tell(Scope::Read, &|| owned(Clean::line(&path.to_string_lossy())))
        }
        Part::Notice { text, .. } => tell(Scope::System, &|| Clean::seen(text.untrusted())),
        Part::Image { .. } | Part::Unknown { .. } => {}
    }
}

type Tell<'m, 't> = &'t mut dyn FnMut(Scope, &dyn Fn() -> Cow<'m, str>);

fn owned(text: Clean) -> Cow<'static, str> {
    Cow::Owned(text.as_str().to_owned())
}

fn each_of_call<'m>(call: &'m ToolCall, tell: Tell<'m, '_>) {
    tell(Scope::Tool, &|| owned(Clean::line(&call.tool.name)));
    let scope = match call.tool.kind {
        ToolKind::Shell => Scope::Command,
        ToolKind::Read => Scope::Read,
        ToolKind::Edit => Scope::Wrote,
        _ => Scope::Input,
    };
    let target = call.target.as_ref().map(Raw::untrusted);
    let edited = call.edits.iter().filter_map(|edit| edit.path.as_ref());
    let mut paths: Vec<&str> = edited.map(Raw::untrusted).collect();
    // A call that changes several files names one of them, or none, as what matters.
    if let Some(target) = target.filter(|target| !paths.contains(target)) {
        tell(scope, &|| Clean::seen(target));
    }
    paths.dedup();
    for path in &paths {
        tell(Scope::Wrote, &|| Clean::seen(path));
    }
    // The rest of what it was given. Arguments are small beside what tools answer, and any of them may be remembered.
    let mut given = serde_json::Deserializer::from_str(call.input.untrusted());
    let mut tell = |text: &str| {
        if Some(text) != target && !paths.contains(&text) {
            tell(Scope::Input, &|| Cow::Owned(Clean::seen(text).into_owned()));
        }
    };
    // What is no JSON ends there; its strings until then were told.
    let _ = EachString(&mut tell).deserialize(&mut given);
}

/// Tells every string that is a value, without making the value.
struct EachString<'t>(&'t mut dyn FnMut(&str));

impl<'de> DeserializeSeed<'de> for EachString<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for EachString<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        (self.0)(text);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(EachString(self.0))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while map.next_key::<IgnoredAny>()?.is_some() {
            map.next_value_seed(EachString(self.0))?;
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}
