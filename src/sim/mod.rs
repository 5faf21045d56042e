//! Running a mall in virtual time: the real actors and the real journal in one thread, where 30 minutes pass in
//! milliseconds and every run of one seed is the same; and shoppers, who walk through any mall. Also the demo mall.

pub mod baseline;
pub mod chance;
pub mod demo;
mod demo_data;
pub mod door;
pub mod driver;
pub mod experiment;
pub mod lab;
pub mod ledger;
pub mod live_run;
pub mod page;
pub mod run;
pub mod sample;
pub mod scenario;
pub mod scratch;
pub mod search;
pub mod shopping;
pub mod staff;
pub mod virtual_run;
pub mod world;
