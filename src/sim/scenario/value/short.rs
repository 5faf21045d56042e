//! What may be written in short, as a text or number, or in full, as a table; and what may be one or several.

use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::marker::PhantomData;

/// What may be written in short.
pub(super) trait Short: Sized {
    /// How it is written in full.
    type Full: DeserializeOwned + Into<Self>;
    /// What is expected.
    const MUST: &'static str;

    /// What a text says.
    ///
    /// # Errors
    /// What would be right.
    fn text(text: &str) -> Result<Self, String> {
        Err(format!("`{text}` is not {}", Self::MUST))
    }

    /// What a number says.
    ///
    /// # Errors
    /// What would be right.
    fn number(number: f64) -> Result<Self, String> {
        Err(format!("`{number}` is not {}", Self::MUST))
    }
}

/// Nothing can be written in full.
#[derive(Deserialize)]
pub(super) enum Never {}

/// Reads what may be written in short.
pub(super) struct Either<T>(PhantomData<T>);

impl<T> Either<T> {
    /// A reader.
    pub const fn reader() -> Self {
        Self(PhantomData)
    }
}

impl<'de, T: Short> Visitor<'de> for Either<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::MUST)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        T::text(text).map_err(E::custom)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        #[expect(clippy::cast_precision_loss, reason = "whatever is that large is refused")]
        T::number(number as f64).map_err(E::custom)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        T::number(number).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let full = T::Full::deserialize(MapAccessDeserializer::new(&mut map))?;
        match map.next_key::<String>()? {
            None => Ok(full.into()),
            Some(second) => Err(A::Error::custom(format!("`{second}` is a second one: say {}", T::MUST))),
        }
    }
}

/// Has values read in short or in full.
macro_rules! short {
    ($($name:ident)*) => {$(
        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any($crate::sim::scenario::value::short::Either::<Self>::reader())
            }
        }
    )*};
}

pub(super) use short;

/// One, or several in a list.
#[derive(Clone, Debug)]
pub struct Several<T>(pub Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Several<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMore<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrMore<T> {
            type Value = Several<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table, or a list of tables")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Several<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(|one| Several(vec![one]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Several<T>, A::Error> {
                let mut all = Vec::new();
                while let Some(one) = list.next_element()? {
                    all.push(one);
                }
                Ok(Several(all))
            }
        }
        deserializer.deserialize_any(OneOrMore(PhantomData))
    }
}
