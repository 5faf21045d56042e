//! A run under way, on standard error: a block that is drawn again and again on a terminal, a line every ten seconds
//! elsewhere.

use crate::sim::run::onlooker::{Glance, Show};
use crate::sim::run::point::Moment;
use indicatif::{ProgressBar, ProgressStyle};
use std::cell::Cell;
use std::io::IsTerminal;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// How often the block is drawn again.
const DRAWN: Duration = Duration::from_millis(100);
/// How often a line is written where nothing can be drawn again.
const WRITTEN: Duration = Duration::from_secs(10);

/// What shows a run, and what takes it away at its end. `run` names it where it is one of several, and is empty otherwise.
/// `orders` is how many there are, where that is known; elsewhere the share of time that has passed says how far the run is.
pub fn shown(run: &str, orders: Option<u64>) -> (Show, impl FnOnce() + use<>) {
    let is_terminal = std::io::stderr().is_terminal();
    let bar = if is_terminal { ProgressBar::new(1_000) } else { ProgressBar::hidden() };
    if let Ok(style) = ProgressStyle::with_template("{bar:24} {elapsed} ({eta} left)  {prefix}\n{msg}") {
        bar.set_style(style);
    }
    let (began, last, every) = (Instant::now(), Cell::new(Instant::now()), if is_terminal { DRAWN } else { WRITTEN });
    bar.set_prefix(run.to_owned());
    let (of_run, run) = (bar.clone(), if run.is_empty() { String::new() } else { format!("{run}  ") });
    let show = move |look: &dyn Glance| {
        if last.get().elapsed() < every {
            return;
        }
        last.set(Instant::now());
        let moment = look.moment();
        let thousandths = thousandths(&moment, orders);
        if is_terminal {
            of_run.set_position(thousandths);
            of_run.set_message(block(&moment));
        } else {
            let percent = thousandths / 10;
            eprintln!("{:4} s  {percent:3} %  {run}{}", began.elapsed().as_secs(), told(&moment));
        }
    };
    (Rc::new(show), move || bar.finish_and_clear())
}

fn thousandths(moment: &Moment, orders: Option<u64>) -> u64 {
    let (done, of) = match orders {
        Some(orders) => (moment.submitted, orders),
        None => (moment.now.micros_since(moment.from), moment.until.micros_since(moment.from)),
    };
    (u128::from(done) * 1_000).checked_div(u128::from(of)).map_or(0, |part| u64::try_from(part.min(1_000)).unwrap_or(0))
}

/// A moment on a line.
fn told(moment: &Moment) -> String {
    let Moment { now, offered, dropped, submitted, open, delivered, rejected, doing, .. } = moment;
    let times = times(moment).map_or_else(String::new, |times| format!("; {times}"));
    format!(
        "{:.19}  {doing}: {offered} offered, {dropped} dropped, {submitted} orders, {open} open, {delivered} delivered, \
         {rejected} rejected{times}",
        now.to_string()
    )
}

/// A moment as a block of lines, which are drawn again and again.
fn block(moment: &Moment) -> String {
    let Moment { now, offered, dropped, under_way, submitted, pending, accepted, rejected, delivered, doing, .. } =
        moment;
    let times = times(moment).map_or_else(String::new, |times| format!("\ntimes     {times}"));
    format!(
        "mall      {:.19}  {doing}\n\
         shoppers  {offered} offered   {} started   {dropped} dropped   {under_way} in flight\n\
         orders    {submitted} placed   {pending} pending   {accepted} accepted   {rejected} rejected   {delivered} delivered{times}",
        now.to_string(),
        offered - dropped
    )
}

/// How long things take, where that is measured.
fn times(moment: &Moment) -> Option<String> {
    let (p50, p99) = moment.submit_ms?;
    let late = moment.lateness_ms;
    Some(format!("submit p50 {p50} ms p99 {p99} ms, lateness p99 {late} ms"))
}
