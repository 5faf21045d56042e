//! Events as the live stream sends them.

use crate::http::door::problem::ApiError;
use crate::http::event_body::structured;
use crate::ports::journal::RecordedEvent;
use actix_web::web::Bytes;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// The newest commit as text: whoever wants everything is sent the same bytes.
#[derive(Default)]
pub struct NewestCommit(Mutex<Option<(Arc<[RecordedEvent]>, Bytes)>>);

impl NewestCommit {
    /// A commit as it is sent to who wants everything.
    ///
    /// # Errors
    /// The journal holds a damaged row.
    pub fn text(&self, log_id: Uuid, commit: &Arc<[RecordedEvent]>) -> Result<Bytes, ApiError> {
        let mut newest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, text)) = &*newest
            && Arc::ptr_eq(known, commit)
        {
            return Ok(text.clone());
        }
        let mut text = String::new();
        commit.iter().try_for_each(|event| write(log_id, event, &mut text))?;
        let text = Bytes::from(text);
        *newest = Some((commit.clone(), text.clone()));
        Ok(text)
    }
}

/// Writes an event as it is sent.
///
/// # Errors
/// The journal holds a damaged row.
pub fn write(log_id: Uuid, event: &RecordedEvent, text: &mut String) -> Result<(), ApiError> {
    let json = structured(log_id, event)?;
    // Writing to a string does not fail.
    let _ = write!(text, "id: {}\ndata: {json}\n\n", event.position);
    Ok(())
}
