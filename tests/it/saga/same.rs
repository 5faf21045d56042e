//! One seed is one world: the same journal to the last bit, and the same trace, wherever and beside whatever it runs.

use super::life::{Remains, live, live_under};
use super::shopper::policy;
use plaza::sim::world::Options;
use plaza::sim::world::trace::{Keep, first_difference};
use std::path::Path;
use std::process::Command;

/// Where a child process is told its seed and where to write.
const SEED: &str = "PLAZA_TEST_WORLD_SEED";
const FILE: &str = "PLAZA_TEST_WORLD_FILE";

const SHOPPERS: u64 = 12;

/// Both are one: otherwise the first line of their traces that differs is told.
fn assert_same(one: &Remains, other: &Remains, beside: &str) {
    let difference = first_difference(&one.lines, &other.lines);
    assert_eq!(difference, None, "{beside}: the traces differ");
    assert_eq!((one.position, one.head, one.trace), (other.position, other.head, other.trace), "{beside}");
}

#[test]
fn one_seed_is_one_world_and_another_seed_another() {
    for seed in 0..3 {
        let (one, other) = (live(seed, SHOPPERS, Keep::Lines), live(seed, SHOPPERS, Keep::Lines));
        assert_same(&one, &other, "twice in one process");
        let hash_alone = live(seed, SHOPPERS, Keep::Hash);
        assert_eq!((hash_alone.head, hash_alone.trace), (one.head, one.trace), "keeping lines changes nothing");
    }
    let seeds: Vec<_> = (0..3).map(|seed| live(seed, SHOPPERS, Keep::Hash)).collect();
    assert!(seeds.iter().all(|one| one.position > 100), "{seeds:?}");
    assert!(seeds[0].head != seeds[1].head && seeds[1].trace != seeds[2].trace);
}

#[test]
fn no_run_depends_on_the_order_of_rows_that_no_query_asks_for() {
    for seed in 0..4 {
        let options = Options { keep: Keep::Lines, reversed: true, ..Options::new(seed, policy()) };
        let reversed = live_under(options, SHOPPERS, || {});
        assert_same(&live(seed, SHOPPERS, Keep::Lines), &reversed, "rows the other way round");
    }
}

#[test]
fn worlds_on_several_threads_do_not_meddle_with_each_other() {
    let alone: Vec<_> = (10..14).map(|seed| live(seed, SHOPPERS, Keep::Lines)).collect();
    let together: Vec<_> =
        (0..8).map(|at| std::thread::spawn(move || live(10 + at % 4, SHOPPERS, Keep::Lines))).collect();
    for (at, other) in together.into_iter().enumerate() {
        assert_same(&alone[at % 4], &other.join().unwrap(), "on several threads");
    }
}

#[test]
fn a_world_is_the_same_in_another_process_and_starts_no_thread() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("remains");
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["saga::same::the_world_of_a_child", "--exact", "--ignored", "--test-threads=1"])
        .env(SEED, "2")
        .env(FILE, &file)
        .output()
        .unwrap();
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
    assert_same(&live(2, SHOPPERS, Keep::Lines), &read(&file), "in another process");
}

#[test]
#[ignore = "run by the test above, in a process of its own"]
fn the_world_of_a_child() {
    let (seed, file) = (std::env::var(SEED).unwrap(), std::env::var(FILE).unwrap());
    let threads = || std::fs::read_dir("/proc/self/task").unwrap().count();
    let before = threads();
    let options = Options { keep: Keep::Lines, ..Options::new(seed.parse().unwrap(), policy()) };
    let remains = live_under(options, SHOPPERS, || {
        assert_eq!(threads(), before, "a world started a thread");
    });
    write(Path::new(&file), &remains);
}

fn write(file: &Path, remains: &Remains) {
    let hex = |bytes: [u8; 32]| blake3::Hash::from_bytes(bytes).to_hex().to_string();
    let head = format!("{} {} {}", remains.position, hex(remains.head), hex(remains.trace));
    std::fs::write(file, [vec![head], remains.lines.clone()].concat().join("\n")).unwrap();
}

fn read(file: &Path) -> Remains {
    let text = std::fs::read_to_string(file).unwrap();
    let mut lines = text.lines();
    let head: Vec<_> = lines.next().unwrap().split(' ').collect();
    let bytes = |hex: &str| *blake3::Hash::from_hex(hex).unwrap().as_bytes();
    Remains {
        position: head[0].parse().unwrap(),
        head: bytes(head[1]),
        trace: bytes(head[2]),
        lines: lines.map(str::to_owned).collect(),
    }
}
