//! Malls with life in them: demo data, shoppers, scenarios. Uses the actors as `http` does.

pub mod demo;
mod demo_data;
