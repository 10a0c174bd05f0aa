//! What an agent fetched from the web.

use serde_json::Value;

use super::{Place, Step, steps};
use crate::model::{Conversation, ToolKind};
use crate::text::{Clean, Raw, floor_boundary};

/// A status stands near the start of an answer.
const HEAD: usize = 400;

/// An address that was fetched, or words that were searched for.
#[derive(Clone, PartialEq, Debug)]
pub struct Fetch {
    pub place: Place,
    /// The address; for a search what was looked for.
    pub url: Raw,
    pub is_search: bool,
    /// The status of the answer, where the log has it.
    pub status: Option<u16>,
    /// Absent while it runs, and where the log does not say.
    pub ok: Option<bool>,
}

impl Fetch {
    pub fn label(&self) -> Clean {
        Clean::line(self.url.untrusted())
    }
}

/// All of them, in order.
pub fn fetches(conversation: &Conversation) -> Vec<Fetch> {
    let steps = steps(conversation).into_iter();
    steps.filter_map(|step| fetch(&step)).collect()
}

fn fetch(step: &Step<'_>) -> Option<Fetch> {
    let call = step.call;
    let is_address = |text: &str| text.starts_with("http://") || text.starts_with("https://");
    let target = call.target.as_ref().map(Raw::untrusted);
    let url = match call.tool.kind {
        ToolKind::Web => target.filter(|text| !text.is_empty())?.to_owned(),
        // Tools of others fetch too, and say so by what they are given.
        ToolKind::Mcp | ToolKind::Other => match serde_json::from_str(call.input.untrusted()) {
            Ok(Value::Object(given)) => {
                let url = given.get("url").and_then(Value::as_str);
                url.filter(|url| is_address(url))?.to_owned()
            }
            _ => return None,
        },
        _ => return None,
    };
    let answer = step.result.map_or("", |result| result.output.untrusted());
    Some(Fetch {
        place: step.place,
        is_search: !is_address(&url) && url.contains(char::is_whitespace) || !url.contains('.'),
        url: Raw::from(url),
        status: status(floor_boundary(answer, HEAD)),
        ok: step.ok(),
    })
}

/// A status as programs write it: `HTTP/1.1 404`, `status code 404`, `Status: 404`.
fn status(answer: &str) -> Option<u16> {
    let lower = answer.to_ascii_lowercase();
    let marks = [
        "http/1.1 ",
        "http/2 ",
        "status code: ",
        "status code ",
        "status: ",
        "http ",
    ];
    marks.iter().find_map(|mark| {
        let (_, rest) = lower.split_once(mark)?;
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        let code: u16 = digits.parse().ok()?;
        (100..600).contains(&code).then_some(code)
    })
}
