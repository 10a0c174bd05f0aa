//! Going through long conversations, of which no more is held than the bound on texts.

use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::env::Env;
use crate::ingest::Reading;
use crate::model::{Conversation, Message, Part, Session, ToolKind};
use crate::text::Raw;

/// What a call is about is never cut where it is no longer than this.
const TARGET: usize = 256;

/// Has each message heard with all its texts, until whoever hears has heard enough. They come in their order; those that
/// are only found in all of the log come late. What was begun may be thrown away and begun anew. Gives the conversation
/// besides, in which long texts are cut but for the files that calls are about.
pub fn go_through<H>(
    env: &Env,
    session: &Session,
    most: usize,
    begin: impl Fn() -> H,
    mut hear: impl FnMut(&mut H, &Message) -> ControlFlow<()>,
) -> io::Result<(H, Conversation)> {
    let mut reading = Reading::new(session).within(most);
    reading.read(env)?;
    let mut heard = begin();
    let mut targets = Vec::new();
    let is_all = reading.go_through(env, &mut |message| {
        each_target(message, &mut |at, target| {
            targets.push((message.number, at, target.clone()));
        });
        hear(&mut heard, message)
    })?;
    let mut conversation = reading.conversation();
    drop(reading);
    if is_all {
        for (number, at, target) in targets {
            put_target(&mut conversation, number, at, target);
        }
        return Ok((heard, conversation));
    }
    drop((heard, conversation));
    let mut reading = Reading::new(session);
    reading.read(env)?;
    let mut heard = begin();
    let conversation = reading.conversation();
    for message in &conversation.messages {
        if hear(&mut heard, message).is_break() {
            break;
        }
    }
    Ok((heard, conversation))
}

/// The files that calls are about, where they may be cut.
fn each_target(message: &Message, tell: &mut dyn FnMut(usize, &Raw)) {
    for (at, part) in message.parts.iter().enumerate() {
        if let Part::ToolCall(call) = part
            && matches!(call.tool.kind, ToolKind::Read | ToolKind::Edit)
            && let Some(target) = call.target.as_ref().filter(|t| t.len() > TARGET)
        {
            tell(at, target);
        }
    }
}

fn put_target(conversation: &mut Conversation, number: u32, at: usize, target: Raw) {
    let nth = usize::try_from(number).ok().and_then(|n| n.checked_sub(1));
    let message = nth.and_then(|nth| conversation.messages.get_mut(nth));
    let Some(message) = message.filter(|message| message.on_disk > 0) else {
        return;
    };
    if let Some(Part::ToolCall(call)) = Arc::make_mut(message).parts.get_mut(at) {
        call.target = Some(target);
    }
}
