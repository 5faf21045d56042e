//! Plaza from the outside, in one binary: each module is an area.
//!
//! `architecture` reads the sources, `saga` runs the real actors and the real journal under paused time; the others
//! drive the real process over HTTP, through `app`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod answer;
mod app;
mod architecture;
mod cli;
mod clock;
mod concurrency;
mod crash;
mod damage;
mod dice;
mod doors;
mod engines;
mod events;
mod examples;
mod golden;
mod jetstream;
mod lab;
mod lists;
mod meaning;
mod operation;
mod outside;
mod personalities;
mod postgres;
mod refused;
mod relay_chaos;
mod saga;
mod search;
mod simulate;
mod simulate_live;
mod statistics;
mod stream;
mod transfer;
mod validation;
mod wait;
mod walkthrough;
