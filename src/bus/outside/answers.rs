//! Messages of outside services: the subject says who answers and how, the desk of the actors does the rest.

use crate::bus::subject;
use crate::ports::outside::{AnswerDesk, NotTaken};

/// Takes a message sent to `subject`.
///
/// # Errors
/// [`NotTaken::Poison`] for one that can never be taken; [`NotTaken::Later`] when trying again helps.
pub async fn take(desk: &dyn AnswerDesk, subject: &str, body: &[u8]) -> Result<(), NotTaken> {
    let Some((from, confirms)) = subject::read_answer(subject) else {
        return Err(NotTaken::Poison(format!("{subject} is not where answers go")));
    };
    desk.take(from, confirms, body).await
}
