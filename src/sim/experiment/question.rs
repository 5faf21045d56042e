//! What an experiment is to answer: the smallest or largest of the values that were tried with which something holds.

use crate::sim::scenario::threshold::{Comparison, Metric, When, read};

/// A question.
#[derive(Clone, Debug)]
pub struct Question {
    /// As it is written.
    pub text: String,
    /// Whether the smallest value is asked for, and not the largest.
    pub smallest: bool,
    /// Of what: the key of something that is varied.
    pub key: String,
    /// What is to hold of it, as it is written.
    pub expression: String,
    /// What is measured.
    pub metric: Metric,
    /// How it is compared.
    pub comparison: Comparison,
    /// With what.
    pub limit: f64,
}

impl Question {
    /// Reads it, where `keys` are varied.
    ///
    /// # Errors
    /// What would be right.
    pub fn read(text: &str, keys: &[&str]) -> Result<Self, String> {
        let must = || {
            format!(
                "`{text}` is no question: smallest KEY with METRIC >= LIMIT, or largest, like smallest mall.stock with served.share >= 0.95"
            )
        };
        let (which, rest) = text.trim().split_once(' ').ok_or_else(must)?;
        let smallest = match which {
            "smallest" => true,
            "largest" => false,
            _ => return Err(must()),
        };
        let (key, expression) = rest.split_once(" with ").ok_or_else(must)?;
        let key = key.trim();
        if !keys.contains(&key) {
            return Err(format!("`{key}` is not varied (varied: {})", keys.join(", ")));
        }
        let holds = read(expression.trim(), "measured", When::Measured)?;
        Ok(Self {
            text: text.to_owned(),
            smallest,
            key: key.to_owned(),
            expression: holds.expression,
            metric: holds.metric,
            comparison: holds.comparison,
            limit: holds.limit,
        })
    }

    /// The name of what is measured for it.
    #[must_use]
    pub fn name(&self) -> String {
        let end = self.expression.find(['=', '!', '<', '>']).unwrap_or(self.expression.len());
        self.expression[..end].trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_read_and_wrong_ones_refused() {
        let asked = Question::read("smallest mall.stock with served.share >= 0.95", &["mall.stock"]).unwrap();
        assert!(asked.smallest && asked.key == "mall.stock" && asked.expression == "served.share >= 0.95");
        assert!(
            !Question::read("largest arrivals.rate with lateness.p99 <= 500ms", &["arrivals.rate"]).unwrap().smallest
        );
        for (wrong, meant) in [
            ("mall.stock", "smallest KEY with"),
            ("least mall.stock with lost == 0", "smallest KEY with"),
            ("smallest mall.stock where lost == 0", "smallest KEY with"),
            ("smallest mall.stores with lost == 0", "is not varied (varied: mall.stock)"),
            ("smallest mall.stock with losd == 0", "did you mean `lost`"),
        ] {
            let said = Question::read(wrong, &["mall.stock"]).unwrap_err();
            assert!(said.contains(meant), "{wrong}: {said}");
        }
    }
}
