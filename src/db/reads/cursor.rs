//! Cursors: where the next page of a list starts, as text a client hands back unread.
//!
//! A cursor is the sort key and id of the last row seen, with the list they belong to, as JSON in hex: safe in a URL,
//! and a page read twice starts at the same row even when rows before it came or went.

use crate::db::error::{DbError, DbErrorKind};
use crate::ports::reads::Page;
use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The cursor after the row with this sort key and id.
pub fn encode<K: Serialize>(list: &str, key: &K, id: &str) -> String {
    let json = serde_json::to_string(&(list, key, id)).expect("sort keys are texts and integers");
    HEXLOWER.encode(json.as_bytes())
}

/// The sort key and id a cursor of `list` was made of.
///
/// # Errors
/// [`DbErrorKind::BadCursor`] when it was not made by [`encode`], or for another list.
pub fn decode<K: DeserializeOwned>(list: &str, cursor: &str) -> Result<(K, String), DbError> {
    let bad = || DbError::new(DbErrorKind::BadCursor, format!("the cursor is not one of {list}"));
    let json = HEXLOWER_PERMISSIVE.decode(cursor.as_bytes()).map_err(|_| bad())?;
    let (made_for, key, id) = serde_json::from_slice::<(String, Value, String)>(&json).map_err(|_| bad())?;
    // No text of the mall holds a NUL, and PostgreSQL does not take one.
    let holds_nul = id.contains('\0') || key.as_str().is_some_and(|key| key.contains('\0'));
    if made_for != list || holds_nul {
        return Err(bad());
    }
    Ok((serde_json::from_value(key).map_err(|_| bad())?, id))
}

/// How many rows to ask for: one more than wanted, which tells whether there is a next page.
pub fn fetch(limit: usize) -> i64 {
    i64::try_from(limit.max(1)).unwrap_or(i64::MAX).saturating_add(1)
}

/// The page made of rows fetched with [`fetch`]: `cursor` makes the cursor after a row, `view` what is shown of it.
///
/// # Errors
/// What `view` returns.
pub fn page<R, T>(
    mut rows: Vec<R>,
    limit: usize,
    cursor: impl FnOnce(&R) -> String,
    view: impl FnMut(R) -> Result<T, DbError>,
) -> Result<Page<T>, DbError> {
    let limit = limit.max(1);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next_cursor = rows.last().filter(|_| more).map(cursor);
    Ok(Page { items: rows.into_iter().map(view).collect::<Result<_, _>>()?, next_cursor })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_was_made() {
        let cursor = encode("products.name", &"Tee \"ö\" 100%", "id-1");
        assert!(cursor.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let (key, id): (String, String) = decode("products.name", &cursor).unwrap();
        assert_eq!((key.as_str(), id.as_str()), ("Tee \"ö\" 100%", "id-1"));
    }

    #[test]
    fn foreign_and_broken_cursors_are_refused() {
        let cursor = encode("products.price", &5, "id-1");
        for (list, cursor) in [
            ("products.name", cursor.as_str()),
            ("products.price", "7"),
            ("products.price", "zz"),
            ("products.price", "ö"),
        ] {
            assert_eq!(decode::<i64>(list, cursor).unwrap_err().kind(), DbErrorKind::BadCursor, "{cursor}");
        }
        assert_eq!(decode::<String>("products.price", &cursor).unwrap_err().kind(), DbErrorKind::BadCursor);
        for nul in [encode("stores", &(), "\0"), encode("stores", &"\0", "id-1")] {
            assert_eq!(decode::<Value>("stores", &nul).unwrap_err().kind(), DbErrorKind::BadCursor);
        }
    }

    #[test]
    fn only_a_full_page_has_a_next_one() {
        let page_of = |rows: Vec<i64>| page(rows, 2, ToString::to_string, Ok).unwrap();
        let full = page_of(vec![1, 2, 3]);
        assert_eq!((full.items, full.next_cursor.as_deref()), (vec![1, 2], Some("2")));
        let last = page_of(vec![3, 4]);
        assert_eq!((last.items, last.next_cursor), (vec![3, 4], None));
    }
}
