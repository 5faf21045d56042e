//! A dead letter: a message nobody could make sense of, with the reason, small enough that the broker always takes it.
//!
//! What can not be put aside would come again for ever, and a few of those would stop every answer behind them.

use super::subject;
use crate::ports::outside::BODY_MAX;
use async_nats::header::NATS_MESSAGE_ID;
use async_nats::jetstream::Message;
use async_nats::jetstream::message::PublishMessage;
use async_nats::{HeaderMap, HeaderName};

/// The header that says why a message is a dead letter.
pub const REASON: &str = "Plaza-Reason";
/// The header that says how many bytes the body had, when the letter holds only its beginning.
const CUT: &str = "Plaza-Cut-From";
/// The longest reason, bytes; the broker bounds headers.
const REASON_MAX: usize = 500;
/// The most bytes of the message's own headers that are kept; the broker takes 64 KiB of headers in all.
const HEADERS_MAX: usize = 4 * 1024;
/// The longest subject, bytes. The broker cuts off who sends a longer line than 4 KiB.
const SUBJECT_MAX: usize = 1024;

/// The letter for a message, and where it goes.
///
/// # Errors
/// The message was not delivered by a consumer.
pub fn letter(message: &Message, reason: &str) -> Result<(String, PublishMessage), async_nats::Error> {
    let info = message.info()?;
    let mut headers = message.headers.as_ref().map(kept).unwrap_or_default();
    headers.insert(HeaderName::from_static(REASON), one_line(reason).as_str());
    // A message that is put aside twice, because Plaza died in between, is one dead letter.
    let id = format!("{}-{}", info.published.unix_timestamp_nanos(), info.stream_sequence);
    headers.insert(NATS_MESSAGE_ID, id.as_str());
    let whole = &message.payload;
    if whole.len() > BODY_MAX {
        headers.insert(HeaderName::from_static(CUT), whole.len().to_string().as_str());
    }
    let body = whole.slice(..whole.len().min(BODY_MAX));
    let letter = PublishMessage::build().headers(headers).payload(body);
    Ok((subject::dead_letter_subject(short(&message.subject)), letter))
}

/// Headers that say something about the message, as many as fit; the broker's own would be obeyed once more.
fn kept(headers: &HeaderMap) -> HeaderMap {
    let (mut kept, mut bytes) = (HeaderMap::new(), 0);
    for (name, values) in headers.iter().filter(|(name, _)| is_kept(name.as_ref())) {
        for value in values {
            bytes += AsRef::<str>::as_ref(name).len() + value.as_str().len();
            if bytes <= HEADERS_MAX {
                kept.append(name.clone(), value.clone());
            }
        }
    }
    kept
}

fn is_kept(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("ce-") || name == "content-type"
}

/// A subject, or as many of its tokens as fit.
fn short(subject: &str) -> &str {
    if subject.len() <= SUBJECT_MAX {
        return subject;
    }
    let cut = &subject[..subject.floor_char_boundary(SUBJECT_MAX)];
    cut.rsplit_once('.').map_or(cut, |(tokens, _)| tokens)
}

/// A reason as a header: one line of ASCII, not too long.
fn one_line(reason: &str) -> String {
    let plain = reason.chars().map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' });
    plain.take(REASON_MAX).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_one_plain_line() {
        assert_eq!(one_line("a\nb é "), "a?b ?");
        assert_eq!(one_line(&"x".repeat(1_000)).len(), REASON_MAX);
    }

    #[test]
    fn long_subjects_lose_tokens_at_their_end() {
        assert_eq!(short("plaza.cmd.a"), "plaza.cmd.a");
        assert_eq!(short(&format!("plaza.cmd.{}", "é".repeat(2_000))), "plaza.cmd");
        assert_eq!(short(&"a.".repeat(2_000)), "a.".repeat(SUBJECT_MAX / 2).trim_end_matches('.'));
    }

    #[test]
    fn headers_are_kept_as_far_as_they_fit() {
        let mut headers = HeaderMap::new();
        headers.insert("ce-id", "7");
        headers.insert("Nats-Msg-Id", "7");
        for number in 0..100 {
            headers.append("ce-long", format!("{number:01000}").as_str());
        }
        let kept = kept(&headers);
        assert!(kept.get("Nats-Msg-Id").is_none());
        let bytes: usize = kept.iter().flat_map(|(_, values)| values).map(|value| value.as_str().len()).sum();
        assert!((3_000..HEADERS_MAX).contains(&bytes), "{bytes}");
    }
}
