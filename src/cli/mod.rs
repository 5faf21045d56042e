//! What people type: the commands, their settings, and the commands that need no running mall.

pub mod access;
pub mod broker;
pub mod command;
pub mod environment;
pub mod exit;
mod interrupt;
pub mod logs;
pub mod settings;
pub mod simulate;
pub mod storage;
pub mod token;
pub mod transfer;
pub mod values;
pub mod verify;
