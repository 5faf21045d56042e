//! Short texts people type: names, places, phone numbers, codes. Trimmed, bounded, visible, free of control characters.

use std::sync::Arc;

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
pub enum TextError {
    /// Nothing that can be seen.
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

/// Checks `raw`, of at most `max` characters, and trims it: something that can be seen, no control characters.
///
/// # Errors
/// [`TextError`] says which rule the text breaks.
pub fn required(raw: &str, max: usize) -> Result<Arc<str>, TextError> {
    let text = optional(raw, max)?;
    if !text.chars().any(is_visible) {
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
    // With the white space around it, as the document counts.
    if raw.chars().count() > max {
        return Err(TextError::TooLong { max });
    }
    let text = raw.trim();
    if text.chars().any(|c| (c.is_control() && c != '\n' && c != '\t') || turns_text_around(c)) {
        return Err(TextError::Control);
    }
    Ok(Arc::from(text))
}

/// Whether a character leaves ink: neither white space nor control, and not among what Unicode draws nothing for
/// (`Default_Ignorable_Code_Point` of Unicode 16, and the blank of Braille).
fn is_visible(c: char) -> bool {
    !(c.is_whitespace()
        || c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'))
}

/// Whether a character makes what follows read backwards, whatever it is: a name could pose as another. Arabic and
/// Hebrew need none of these.
const fn turns_text_around(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_trimmed_bounded_and_printable() {
        assert_eq!(required("  Ana ", 6).as_deref(), Ok("Ana"));
        assert_eq!(required("  Ana ", 5), Err(TextError::TooLong { max: 5 }));
        assert_eq!(required(" \t ", 5), Err(TextError::Blank));
        assert_eq!(required("ööööö", 5).as_deref(), Ok("ööööö"));
        assert_eq!(required("123456", 5), Err(TextError::TooLong { max: 5 }));
        assert_eq!(required("a\u{0}b", 5), Err(TextError::Control));
    }

    #[test]
    fn what_nobody_can_see_or_read_is_no_name() {
        for blank in
            ["\u{200b}", "\u{2060}\u{feff}", "\u{ad}", "\u{3164}", "\u{2800}", "\u{115f}\u{1160} \u{ffa0}", "\u{200f}"]
        {
            assert_eq!(required(blank, 9), Err(TextError::Blank), "{blank:?}");
        }
        for turned in ["\u{202e}abc", "a\u{2066}b"] {
            assert_eq!(required(turned, 9), Err(TextError::Control), "{turned:?}");
            assert_eq!(optional(turned, 9), Err(TextError::Control), "{turned:?}");
        }
        for name in ["می\u{200c}خواهم", "👩\u{200d}🍳 \u{2764}\u{fe0f}", "שלום\u{200f}!", "क्\u{200d}ष"]
        {
            assert!(required(name, 40).is_ok(), "{name:?}");
        }
    }
}
