//! A report as a page: one HTML file that needs no network and no script, for a screen in the light or in the dark, and for
//! paper. All that a chart shows is in a table under it, and everything as JSON inside the page.
//!
//! * [`run`] and [`experiment`]: the pages;
//! * [`chart`]: what is drawn in them;
//! * [`mod@thresholds`]: what had to hold, in that of a run;
//! * [`frame`] and [`words`]: what both have.

pub mod chart;
pub mod experiment;
pub mod frame;
pub mod run;
pub mod thresholds;
pub mod words;
