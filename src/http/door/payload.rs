//! Request bodies as they come in: with a size limit and a deadline, and read away when nobody wants them.

use super::codes::Code;
use super::problem::ApiError;
use actix_web::dev::Payload;
use actix_web::web::{Bytes, BytesMut};
use futures_util::StreamExt;
use std::time::Duration;

/// The largest body, bytes, of most routes. An order of 100 lines is 9 KiB.
pub const BODY_MAX: usize = 64 * 1_024;
/// How much of a body that is too large is read and thrown away, so that its sender is done sending and sees the 413
/// instead of a reset connection.
const DRAIN_MAX: usize = 1_024 * 1_024;
/// How long a body may take. 64 KiB in 10 s is a slow modem.
const BODY_DEADLINE: Duration = Duration::from_secs(10);

/// How long a refusal waits for the rest of a body.
const DRAIN: Duration = Duration::from_millis(10);

/// Reads a body nobody wants, as far as it is there already: over an unread one the connection would be closed, and its
/// client might never see the refusal.
pub async fn drain(payload: Payload) {
    let _ = tokio::time::timeout(DRAIN, discard(payload)).await;
}

async fn discard(mut payload: Payload) {
    let mut drained = 0;
    while let Some(Ok(chunk)) = payload.next().await {
        drained += chunk.len();
        if drained > BODY_MAX {
            return;
        }
    }
}

/// The whole of a body, of so many bytes at the most.
///
/// # Errors
/// 413 when it is too large, 408 when it is too slow, 400 when it ends early.
pub async fn read(payload: Payload, most: usize) -> Result<Bytes, ApiError> {
    tokio::time::timeout(BODY_DEADLINE, collect(payload, most)).await.map_err(|_elapsed| Code::RequestTimeout)?
}

async fn collect(mut payload: Payload, most: usize) -> Result<Bytes, ApiError> {
    let unreadable = |_| ApiError::new(Code::BadRequest, "the body ended early or is damaged");
    // Nearly every body comes in one piece, which is then taken as it is.
    let Some(first) = payload.next().await else { return Ok(Bytes::new()) };
    let first = first.map_err(unreadable)?;
    let Some(second) = payload.next().await else { return within_limit(first, most) };
    let mut body = BytesMut::from(&first[..]);
    body.extend_from_slice(&second.map_err(unreadable)?);
    let mut drained = 0;
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(unreadable)?;
        if body.len() <= most {
            body.extend_from_slice(&chunk);
        } else {
            drained += chunk.len();
            if drained > DRAIN_MAX {
                break;
            }
        }
    }
    within_limit(body.freeze(), most)
}

fn within_limit(body: Bytes, most: usize) -> Result<Bytes, ApiError> {
    if body.len() <= most {
        return Ok(body);
    }
    Err(ApiError::new(Code::BodyTooLarge, format!("a body has at most {most} bytes")))
}
