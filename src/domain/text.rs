//! Short texts people type: names, places, phone numbers, codes. Trimmed, bounded, free of control characters.

use std::sync::Arc;

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
pub enum TextError {
    /// Nothing but white space.
    #[error("must not be blank")]
    Blank,
    /// Longer than the field allows, in characters.
    #[error("must have at most {max} characters")]
    TooLong {
        /// The longest allowed, in characters.
        max: usize,
    },
    /// Holds a control character, which would break logs and exports.
    #[error("must not hold control characters")]
    Control,
}

/// Trims `raw` and checks it: 1 to `max` characters, none of them control characters.
///
/// # Errors
/// [`TextError`] says which rule the text breaks.
pub fn required(raw: &str, max: usize) -> Result<Arc<str>, TextError> {
    let text = optional(raw, max)?;
    if text.is_empty() {
        return Err(TextError::Blank);
    }
    if text.chars().any(char::is_control) {
        return Err(TextError::Control);
    }
    Ok(text)
}

/// Like [`required`], but blank is allowed and becomes the empty text. Line breaks and tabs are kept inside.
///
/// # Errors
/// [`TextError::TooLong`] or [`TextError::Control`].
pub fn optional(raw: &str, max: usize) -> Result<Arc<str>, TextError> {
    let text = raw.trim();
    if text.chars().count() > max {
        return Err(TextError::TooLong { max });
    }
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(TextError::Control);
    }
    Ok(Arc::from(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_trimmed_bounded_and_printable() {
        assert_eq!(required("  Ana ", 5).as_deref(), Ok("Ana"));
        assert_eq!(required(" \t ", 5), Err(TextError::Blank));
        assert_eq!(required("ööööö", 5).as_deref(), Ok("ööööö"));
        assert_eq!(required("123456", 5), Err(TextError::TooLong { max: 5 }));
        assert_eq!(required("a\u{0}b", 5), Err(TextError::Control));
    }
}
