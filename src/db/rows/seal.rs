//! Seals: what no event makes carries a hash of its own row, so that damage shows (`verify`).

use crate::db::schema::column::Column;
use crate::db::schema::shape::Stored;
use blake3::Hasher;
use std::borrow::Cow;

/// The column that holds the seal of its row.
const SEAL: &str = "seal";
/// Its length in bytes: damage is no adversary.
const LEN: usize = 16;

/// The seal of a row: BLAKE3 over the names and values of all its other columns, cut to 16 bytes.
pub fn of<R: Stored>(row: &R) -> Cow<'static, [u8]> {
    let mut hasher = Hasher::new();
    for (name, column) in R::SHAPE.columns.iter().zip(R::columns(std::slice::from_ref(row))) {
        if *name != SEAL {
            bytes(&mut hasher, Some(name.as_bytes()));
            value(&mut hasher, &column);
        }
    }
    Cow::Owned(hasher.finalize().as_bytes()[..LEN].to_vec())
}

fn value(hasher: &mut Hasher, column: &Column<'_>) {
    let mut number = |value: Option<i64>| bytes(hasher, value.map(i64::to_le_bytes).as_ref().map(|value| &value[..]));
    match column {
        Column::Integers(values) => values.iter().for_each(|value| number(Some((*value).into()))),
        Column::BigInts(values) => values.iter().for_each(|value| number(Some(*value))),
        Column::MaybeBigInts(values) => values.iter().for_each(|value| number(*value)),
        Column::Bools(values) => values.iter().for_each(|value| number(Some((*value).into()))),
        Column::Texts(values) => values.iter().for_each(|value| bytes(hasher, Some(value.as_bytes()))),
        Column::MaybeTexts(values) => values.iter().for_each(|value| bytes(hasher, value.map(str::as_bytes))),
        Column::Bytes(values) => values.iter().for_each(|value| bytes(hasher, Some(value))),
        Column::MaybeBytes(values) => values.iter().for_each(|value| bytes(hasher, *value)),
    }
}

/// Behind its length, so that no two values run together.
fn bytes(hasher: &mut Hasher, value: Option<&[u8]>) {
    hasher.update(&value.map_or(u64::MAX, |value| value.len() as u64).to_le_bytes());
    hasher.update(value.unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::schema::ReplyRow;

    fn reply(version: Option<i64>, location: Option<&str>) -> ReplyRow<'_> {
        ReplyRow {
            key: (&[1][..]).into(),
            request_hash: (&[2][..]).into(),
            status: 201,
            version,
            location: location.map(Cow::from),
            body: (&[][..]).into(),
            created_at: 5,
            seal: None,
        }
    }

    #[test]
    fn every_value_counts_and_the_seal_itself_does_not() {
        let seal = of(&reply(None, None));
        assert_eq!(seal.len(), LEN);
        for other in [reply(Some(0), None), reply(None, Some("")), ReplyRow { created_at: 6, ..reply(None, None) }] {
            assert_ne!(of(&other), seal, "{other:?}");
        }
        assert_eq!(of(&ReplyRow { seal: Some(seal.clone()), ..reply(None, None) }), seal);
    }
}
