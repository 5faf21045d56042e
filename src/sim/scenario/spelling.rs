//! Names that are wrong, and the ones that were meant.

/// What a reader says of an unknown name, with the known one that comes nearest to it.
#[must_use]
pub fn explained(message: &str) -> String {
    let kind = ["unknown field", "unknown variant"].into_iter().find(|kind| message.starts_with(kind));
    let mut names = message.split('`').skip(1).step_by(2);
    let (Some(kind), Some(wrong)) = (kind, names.next()) else {
        return message.trim_end().replace('\n', ", ");
    };
    let word = if kind == "unknown field" { "key" } else { "word" };
    let known: Vec<&str> = names.collect();
    let nearest = nearest(wrong, &known).map_or_else(String::new, |name| format!(", did you mean `{name}`?"));
    let all = known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    format!("unknown {word} `{wrong}`{nearest} known here: {all}").replace("` known", "`; known")
}

/// The name that comes nearest to a wrong one, if any comes near.
#[must_use]
pub fn nearest<'a>(wrong: &str, known: &[&'a str]) -> Option<&'a str> {
    let alike = |name: &&str| strsim::jaro_winkler(wrong, name);
    let best = known.iter().copied().max_by(|one, other| alike(one).total_cmp(&alike(other)))?;
    (strsim::jaro_winkler(wrong, best) > 0.7).then_some(best)
}
