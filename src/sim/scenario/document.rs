//! Reading a scenario from TOML: what is wrong is said with file, line and column, and with what would be right.

use super::model::{Fault, SCHEMA, Scenario};
use super::spelling::explained;
use super::threshold::{Thresholds, When};
use super::value::{Settle, Several, Share, Span, WarmUp};
use crate::domain::line::{LINES_MAX, QUANTITY_MAX};
use crate::domain::personality::DELAY_MS_MAX;
use crate::domain::time::Timestamp;
use serde::Deserialize;
use std::fmt;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer, Error};

/// The Monday at or after which scenarios start: 2026-01-05T00:00:00Z.
pub const MONDAY: Timestamp = Timestamp(1_767_571_200_000_000);
/// The longest time for which shoppers may come: as far as a mall's clock can be advanced at once.
const DURATION_MAX: u64 = 400 * 86_400;
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// Why a scenario cannot be used: where, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ScenarioError {
    /// The file with line and column, or the setting.
    pub place: String,
    /// What is wrong, and what would be right.
    pub said: String,
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.said)
    }
}

/// A scenario that makes sense, and where each of its parts was written.
#[derive(Clone, Debug)]
pub struct Document {
    /// The scenario.
    pub scenario: Scenario,
    /// What is to hold.
    pub thresholds: Thresholds,
    /// When the first shopper may come.
    pub starts_at: Timestamp,
    sources: Sources,
}

/// What spans refer to: the file, and behind it every setting of the command line.
#[derive(Clone, Debug)]
struct Sources {
    name: String,
    text: String,
    sets: Vec<String>,
}

impl Sources {
    fn error(&self, span: Option<Range<usize>>, said: impl Into<String>) -> ScenarioError {
        let at = span.map_or(0, |span| span.start);
        let mut left = match at.checked_sub(self.text.len()) {
            None => return ScenarioError { place: self.place(at), said: said.into() },
            Some(0) if self.sets.is_empty() => return ScenarioError { place: self.place(at), said: said.into() },
            Some(left) => left,
        };
        for set in &self.sets {
            if left <= set.len() {
                return ScenarioError { place: format!("--set {set}"), said: said.into() };
            }
            left -= set.len() + 1;
        }
        ScenarioError { place: self.name.clone(), said: said.into() }
    }

    fn place(&self, at: usize) -> String {
        let before = &self.text[..at.min(self.text.len())];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        format!("{}:{line}:{column}", self.name)
    }
}

/// Reads a scenario; `name` is what its file is called, and `sets` are values that count in place of what it says, like
/// `mall.stock=200`.
///
/// # Errors
/// The first thing that is wrong.
pub fn read(name: &str, text: &str, sets: &[String]) -> Result<Document, ScenarioError> {
    let sources = Sources { name: name.to_owned(), text: text.to_owned(), sets: sets.to_vec() };
    let said = |error: &Error| sources.error(error.span(), explained(error.message()));
    let of_set = |set: &str, said: String| ScenarioError { place: format!("--set {set}"), said };
    let snippets = sets.iter().map(|set| as_toml(set).map_err(|must| of_set(set, must)));
    let snippets: Vec<String> = snippets.collect::<Result<_, _>>()?;
    let mut table = DeTable::parse(text).map_err(|error| said(&error))?;
    let mut offset = text.len();
    for (set, snippet) in sets.iter().zip(&snippets) {
        let parsed = DeTable::parse(snippet).map_err(|error| of_set(set, explained(error.message())))?;
        put(table.get_mut(), parsed.into_inner(), steps(set), &(offset..offset + set.len()));
        offset += set.len() + 1;
    }
    let scenario = Scenario::deserialize(Deserializer::from(table)).map_err(|error| said(&error))?;
    Document::check(scenario, sources)
}

/// `a.b=c` as TOML: what is no value is a text.
fn as_toml(set: &str) -> Result<String, String> {
    let must = || "must be KEY=VALUE, like mall.stock=200".to_owned();
    let (key, value) = set.split_once('=').ok_or_else(must)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-.\":".contains(c);
    if key.is_empty() || !key.chars().all(plain) {
        return Err(must());
    }
    let written = format!("{key} = {value}");
    if DeTable::parse(&written).is_ok() {
        return Ok(written);
    }
    // The escapes of JSON are escapes of TOML.
    Ok(format!("{key} = {}", serde_json::Value::from(value)))
}

/// How many names the key of a setting has.
fn steps(set: &str) -> usize {
    let key = set.split_once('=').map_or(set, |(key, _)| key);
    // Within quotes a point is no step.
    key.split('"').step_by(2).map(|outside| outside.matches('.').count()).sum::<usize>() + 1
}

/// Puts the value of a setting, whose key has so many steps, in place of what the file says there; all of it is at the
/// place of the setting.
fn put<'a>(into: &mut DeTable<'a>, values: DeTable<'a>, steps: usize, span: &Range<usize>) {
    for (key, value) in values {
        let key = Spanned::new(span.clone(), key.into_inner());
        match (into.get_mut(&**key.get_ref()).map(Spanned::get_mut), value.into_inner()) {
            (Some(DeValue::Table(before)), DeValue::Table(table)) if steps > 1 => put(before, table, steps - 1, span),
            (_, value) => {
                into.remove(&**key.get_ref());
                into.insert(key, moved(value, span));
            }
        }
    }
}

fn moved<'a>(value: DeValue<'a>, span: &Range<usize>) -> Spanned<DeValue<'a>> {
    let value = match value {
        DeValue::Table(table) => {
            let mut fresh = DeTable::new();
            put(&mut fresh, table, 1, span);
            DeValue::Table(fresh)
        }
        DeValue::Array(list) => DeValue::Array(list.into_iter().map(|value| moved(value.into_inner(), span)).collect()),
        value => value,
    };
    Spanned::new(span.clone(), value)
}

impl Document {
    fn check(scenario: Scenario, sources: Sources) -> Result<Self, ScenarioError> {
        let wrong = |span: Range<usize>, said: String| Err(sources.error(Some(span), said));
        let Scenario { mall, arrivals, .. } = &scenario;
        if *scenario.schema.get_ref() != SCHEMA {
            let said = format!("schema {} is not one this version reads: it reads {SCHEMA}", scenario.schema.get_ref());
            return wrong(scenario.schema.span(), said);
        }
        for (name, count, most) in [
            ("stores", &mall.stores, 1_000),
            ("products_per_store", &mall.products_per_store, 10_000),
            ("speed", &mall.speed, 1_000),
        ] {
            if !(1..=most).contains(count.get_ref()) {
                return wrong(count.span(), format!("`{name}` must be 1 to {most}"));
            }
        }
        if scenario.duration.0.as_secs() > DURATION_MAX || scenario.duration == Span::default() {
            return wrong(0..0, "`duration` must be more than 0 and at most 400d".to_owned());
        }
        if matches!(scenario.warm_up, WarmUp::For(warm_up) if warm_up.0 >= scenario.duration.0)
            && scenario.trace.is_none()
        {
            return wrong(0..0, "`warm_up` must be less than `duration`: nothing would be measured (`--set warm_up=0s` measures all of it)".to_owned());
        }
        if mall.store_delay.ms() > crate::domain::store::CONFIRMATION_DELAY_MS_MAX {
            return wrong(0..0, "`mall.store_delay` must be at most 24h".to_owned());
        }
        if scenario.name.chars().any(char::is_control) {
            return wrong(0..0, "`name` must not have control characters".to_owned());
        }
        let Scenario { shopper, .. } = &scenario;
        for (name, count, possible) in [
            ("lines", &shopper.lines, 0..=LINES_MAX as u64 - 1),
            ("quantity", &shopper.quantity, 1..=u64::from(QUANTITY_MAX)),
        ] {
            if count.most().is_some_and(|most| !possible.contains(&most)) {
                let (least, most) = possible.into_inner();
                return wrong(0..0, format!("`shopper.{name}` must be {least} to {most}"));
            }
        }
        if let Some(hours) = &arrivals.hours {
            let factors = hours.get_ref();
            if factors.len() != 24 || factors.iter().all(|factor| factor.0 <= 0.0) {
                return wrong(hours.span(), "`hours` must be 24 numbers, not all 0".to_owned());
            }
        }
        if let Some(flash) =
            arrivals.flash.iter().find(|flash| flash.half_life == Span::default() || flash.peak.0 < 1.0)
        {
            let said =
                format!("the flash at {:?} needs a peak of at least 1 and a half_life of more than 0", flash.at.0);
            return wrong(0..0, said);
        }
        for (number, phase) in scenario.phases.iter().enumerate() {
            let name = phase.name.get_ref().as_str();
            let again = scenario.phases[..number].iter().any(|before| before.name.get_ref() == name);
            let is_a_name = !name.trim().is_empty() && !name.chars().any(char::is_control);
            if again || !is_a_name || ["always", "measured", "abort"].contains(&name) {
                let said = format!("`{}` cannot be the name of a phase: each has one of its own", name.escape_debug());
                return wrong(phase.name.span(), said);
            }
        }
        for pair in scenario.phases.windows(2) {
            if pair[1].at.get_ref() <= pair[0].at.get_ref() {
                return wrong(pair[1].at.span(), "phases must be in the order of their times".to_owned());
            }
        }
        for (participant, faults) in &scenario.faults {
            check_fault(participant.get_ref(), faults, *mall.stores.get_ref())
                .map_err(|said| sources.error(Some(participant.span()), said))?;
        }
        let starts_at = match &arrivals.starts_at {
            None => MONDAY,
            Some(said) => starts_at(said.get_ref()).map_err(|must| sources.error(Some(said.span()), must))?,
        };
        let thresholds = thresholds(&scenario, &sources)?;
        Ok(Self { scenario, thresholds, starts_at, sources })
    }

    /// The same with other values, as those of `--set`.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn with(&self, sets: &[String]) -> Result<Self, ScenarioError> {
        let sets: Vec<String> = self.sources.sets.iter().chain(sets).cloned().collect();
        read(&self.sources.name, &self.sources.text, &sets)
    }

    /// What the file says.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.sources.text
    }

    /// What was written: the file, and every setting of the command line after it.
    #[must_use]
    pub fn text(&self) -> String {
        let sets = self.sources.sets.iter().map(|set| format!("# --set {set}\n"));
        std::iter::once(self.sources.text.clone()).chain(sets).collect()
    }

    /// An error of what was written at a place, or of all of it.
    #[must_use]
    pub fn error(&self, span: Option<Range<usize>>, said: impl Into<String>) -> ScenarioError {
        self.sources.error(span, said)
    }

    /// What of it no virtual run can do yet.
    ///
    /// # Errors
    /// The first such part, and where it is.
    pub fn check_virtual(&self) -> Result<(), ScenarioError> {
        if let Some(speed) = self.scenario.trace.as_ref().and_then(|trace| trace.get_ref().speed.as_ref())
            && speed.as_str() != Some("max")
        {
            let said =
                "`trace.speed`: in virtual time a trace is replayed as fast as it goes; say \"max\", or leave it out";
            return Err(self.sources.error(self.scenario.trace.as_ref().map(Spanned::span), said));
        }
        Ok(())
    }

    /// Whether a scenario can be run over REST as it is, against a mall of the run's own or another.
    ///
    /// # Errors
    /// The first part that cannot, and where it is.
    pub fn check_live(&self, is_own: bool) -> Result<(), ScenarioError> {
        let crash = self.scenario.faults.iter().find(|(_, faults)| faults.0.iter().any(|fault| fault.crash.is_some()));
        if let Some((name, _)) = crash.filter(|_| !is_own) {
            let said =
                "a mall that is not the run's own cannot be killed; say --own-mall or --virtual, or leave it out";
            return Err(self.sources.error(Some(name.span()), said));
        }
        Ok(())
    }

    /// How long is waited after the last arrival, if not for everything.
    #[must_use]
    pub const fn settles_for(&self) -> Option<Span> {
        match self.scenario.settle {
            Settle::UntilSettled => None,
            Settle::For(span) => Some(span),
        }
    }
}

/// `bank`, `mall`, or `store:2`: the number of a store, from 1.
#[must_use]
pub fn store_number(participant: &str) -> Option<u32> {
    let said = participant.strip_prefix("store:")?;
    // Written in one way, or two faults of one store would be of two.
    said.parse().ok().filter(|number: &u32| *number > 0 && number.to_string() == said)
}

fn check_fault(participant: &str, faults: &Several<Fault>, stores: u32) -> Result<(), String> {
    let is_mall = participant == "mall";
    if !is_mall && participant != "bank" {
        let must = "a fault is of `bank`, of `mall`, or of a store by its number, like \"store:2\"";
        let number = store_number(participant).ok_or_else(|| format!("`{participant}`: {must}"))?;
        if number > stores {
            return Err(format!("`{participant}`: there are {stores} stores"));
        }
    }
    for fault in &faults.0 {
        let ends = fault.outage.is_some();
        let behaves = fault.delay.is_some()
            || [fault.refuse, fault.silent, fault.lose_answer, fault.repeat_answer].iter().any(Option::is_some);
        match (is_mall, fault.crash) {
            (true, Some(_)) if ends || behaves || fault.lasts.is_some() => {
                return Err("a crash of the mall has `at` and `crash`, and nothing else".to_owned());
            }
            (true, None) => return Err("a fault of the mall needs `crash`, how long it is down".to_owned()),
            (false, Some(_)) => return Err(format!("`{participant}` cannot crash; only the mall can")),
            (false, None) if !ends && !behaves => {
                return Err(format!("`{participant}`: says nothing that goes wrong: outage, delay, refuse, silent, …"));
            }
            _ => {}
        }
        if fault.delay.as_ref().is_some_and(|delay| delay.longest_said().ms() > DELAY_MS_MAX) {
            return Err(format!("`{participant}`: a delay must be at most 24h"));
        }
        let now = || faults.0.iter().filter(|other| other.counts_at(fault.at.0));
        let last = |share: fn(&Fault) -> Option<Share>| now().filter_map(share).next_back().unwrap_or_default().0;
        if last(|fault| fault.refuse) + last(|fault| fault.silent) > 1.0 {
            return Err(format!(
                "`{participant}`: refuse and silent must be at most 1 together, also of faults that count at the same time"
            ));
        }
    }
    Ok(())
}

/// `Mon 16:00`: the first such instant at or after [`MONDAY`].
fn starts_at(said: &str) -> Result<Timestamp, String> {
    let must = || format!("`{said}` is not a weekday and a time like \"Mon 16:00\"");
    let (day, time) = said.split_once(' ').ok_or_else(must)?;
    let day = DAYS.iter().position(|name| *name == day).and_then(|day| i64::try_from(day).ok()).ok_or_else(must)?;
    let (hour, minute) = time.split_once(':').ok_or_else(must)?;
    let part =
        |text: &str, most: i64| text.parse::<i64>().ok().filter(|part| text.len() == 2 && (0..most).contains(part));
    let (hour, minute) = (part(hour, 24).ok_or_else(must)?, part(minute, 60).ok_or_else(must)?);
    Ok(Timestamp(MONDAY.0 + ((day * 24 + hour) * 60 + minute) * 60_000_000))
}

fn thresholds(scenario: &Scenario, sources: &Sources) -> Result<Thresholds, ScenarioError> {
    let mut all = Vec::new();
    let phases: Vec<&str> = scenario.phases.iter().map(|phase| phase.name.get_ref().as_str()).collect();
    for (when, expressions) in &scenario.thresholds {
        let read = When::read(when.get_ref(), &phases).map_err(|said| sources.error(Some(when.span()), said))?;
        for expression in expressions {
            let threshold = super::threshold::read(expression.get_ref(), when.get_ref(), read.clone());
            all.push(threshold.map_err(|said| sources.error(Some(expression.span()), said))?);
        }
    }
    // By the parts, as they come in a run.
    all.sort_by(|one, other| one.when.cmp(&other.when));
    Ok(Thresholds(all))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        read("x.toml", text, &[]).unwrap_err().to_string()
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place_and_what_would_be_right() {
        for (text, place, said) in [
            ("name = 1", "x.toml:1:8", "expected a string"),
            ("[arrivals]\nrat = 2.0", "x.toml:2:1", "unknown key `rat`, did you mean `rate`?"),
            ("[arrivals]\n  prozess = \"poisson\"", "x.toml:2:3", "did you mean `process`?"),
            ("[arrivals]\nprocess = \"poison\"", "x.toml:2:11", "\"poisson\", \"constant\""),
            (
                "[shopper]\nthink = { exponential = { mean = \"1s\" }, uniform = { min = \"1s\", max = \"2s\" } }",
                "x.toml:2:",
                "`uniform` is a second one",
            ),
            ("[arrivals]\nprofile = \"grocer\"", "x.toml:2:11", "did you mean `grocery`?"),
            ("[shopper]\nlines = { negative_binomal = { k = 1.0, mean = 2.0 } }", "x.toml:2:11", "`negative_binomial`"),
            ("[shopper]\ncancels = 1.4", "x.toml:2:11", "a share from 0 to 1"),
            ("[shopper]\nquantity = { shares = [0.8, 0.1] }", "x.toml:2:", "add up to 1"),
            ("[mall]\nprice = 24.90", "x.toml:2:9", "\"24.90\""),
            ("[mall]\nstores = 0", "x.toml:2:10", "`stores` must be 1 to 1000"),
            ("duration = \"5 min\"", "x.toml:1:12", "5s, 30m"),
            ("schema = 2", "x.toml:1:10", "it reads 1"),
            ("[faults]\nbank = { at = \"1m\" }", "x.toml:2:1", "says nothing that goes wrong"),
            ("[faults]\nbank = { at = \"1m\", outage = \"held\" }", "x.toml:2:", "hold"),
            ("[faults]\n\"store:9\" = { refuse = 0.1 }", "x.toml:2:1", "there are 8 stores"),
            ("[faults]\nmall = { crash = \"1s\", refuse = 0.1 }", "x.toml:2:1", "nothing else"),
            ("[thresholds]\nalways = [\"lots == 0\"]", "x.toml:2:11", "did you mean `lost`?"),
            ("[thresholds]\nalway = [\"lost == 0\"]", "x.toml:2:1", "did you mean `always`?"),
            ("[arrivals]\nstarts_at = \"Monday\"", "x.toml:2:13", "Mon 16:00"),
            ("a = ", "x.toml:1:", ""),
        ] {
            let said_was = error(text);
            assert!(said_was.starts_with(place) && said_was.contains(said), "{text}: {said_was}");
        }
        let set = |set: &str| read("x.toml", "[mall]\nstock = 1\n", &[set.to_owned()]);
        let error = set("mall.stok=5").unwrap_err().to_string();
        assert!(error.starts_with("--set mall.stok=5: ") && error.contains("`stock`"), "{error}");
        assert!(set("mall.stores=\"x\"").is_err() && set("nonsense").is_err());
    }

    #[test]
    fn a_setting_counts_in_place_of_what_the_file_says_and_leaves_the_rest() {
        let text = "name = \"x\"\n[mall]\nstores = 3\nstock = 7\n[shopper.pays]\nshare = 0.5\n";
        let replaced = super::read(
            "x.toml",
            "[mall]\nprice = { lognormal = { median = \"2.00\", sigma = 0.5 } }\n",
            &[
                "mall.price={lognormal={median=\"9.00\",sigma=0.1}}".to_owned(),
                "shopper.think={uniform={min=\"1s\",max=\"2s\"}}".to_owned(),
                "shopper.think={exponential={mean=\"3s\"}}".to_owned(),
            ],
        );
        let Scenario { mall, shopper, .. } = replaced.unwrap().scenario;
        assert_eq!(shopper.think, super::super::value::Time::Exponential(Span::of_secs(3)));
        assert_eq!(mall.price, super::super::value::Price::Lognormal(900, 0.1));
        let sets = ["mall.stock=200", "shopper.pays.after=9s", "title=Who asks?", "\"faults\".bank.refuse=0.2"];
        let read = read("x.toml", text, &sets.map(str::to_owned)).unwrap();
        let Scenario { mall, shopper, title, faults, .. } = read.scenario;
        assert_eq!((mall.stock, *mall.stores.get_ref()), (super::super::value::Stock::Pieces(200), 3));
        assert!((shopper.pays.share.0 - 0.5).abs() < f64::EPSILON);
        assert_eq!((title.as_str(), faults.len()), ("Who asks?", 1));
    }

    #[test]
    fn the_example_of_the_design_is_read_whole() {
        let text = include_str!("example.toml");
        let read = read("example.toml", text, &[]).unwrap();
        assert_eq!(read.starts_at.to_string(), "2026-01-05T16:00:00.000000Z");
        assert_eq!((read.scenario.faults.len(), read.thresholds.0.len()), (2, 9));
        read.check_virtual().unwrap();
    }

    #[test]
    fn an_empty_scenario_has_the_documented_defaults() {
        let Document { scenario, starts_at, .. } = read("empty.toml", "", &[]).unwrap();
        let MallPlanShown { stores, products, delay } = MallPlanShown {
            stores: *scenario.mall.stores.get_ref(),
            products: *scenario.mall.products_per_store.get_ref(),
            delay: scenario.mall.store_delay.ms(),
        };
        assert_eq!((stores, products, delay, starts_at), (8, 25, 15_000, MONDAY));
        assert_eq!((scenario.duration, scenario.arrivals.max_in_flight), (Span::of_secs(600), 5_000));
    }

    struct MallPlanShown {
        stores: u32,
        products: u32,
        delay: u64,
    }
}
