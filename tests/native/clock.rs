use graph_token::time::Clock;
use proptest::prelude::*;

const HOUR_MS: i64 = 60 * 60 * 1_000;

#[test]
fn rounding_of_the_two_clocks_never_adds_up() {
    let mut clock = Clock::new();
    for tenth in 0..1_000_000_i64 {
        let wall = 1_800_000_000_000 + tenth / 10;
        let now = clock.observe(wall, tenth / 10 + i64::from(tenth % 10 >= 5));
        assert!(
            (now.judged.0 - wall).abs() <= 2,
            "after {tenth} tenths of a millisecond"
        );
    }
}

#[test]
fn a_wall_clock_set_back_lengthens_no_life() {
    let mut clock = Clock::new();
    let before = clock.observe(10 * HOUR_MS, 0);
    let after = clock.observe(9 * HOUR_MS + 60_000, 60_000);
    assert_eq!(after.judged.ms_since(before.judged), 60_000);
    assert_eq!(after.wall.0, 9 * HOUR_MS + 60_000);
    assert_eq!(
        after.to_wall(before.judged).0,
        9 * HOUR_MS,
        "shown on the clock as it is now"
    );
}

#[test]
fn sleep_counts() {
    let mut clock = Clock::new();
    let before = clock.observe(0, 0);
    assert_eq!(
        clock.observe(8 * HOUR_MS, 5).judged.ms_since(before.judged),
        8 * HOUR_MS
    );
}

proptest! {
    /// Whatever the clocks do, ages never shrink and never fall behind the monotonic clock by more than the tolerance.
    #[test]
    fn never_back_and_never_behind(steps in proptest::collection::vec((-10 * HOUR_MS..10 * HOUR_MS, 0..HOUR_MS), 1..50)) {
        let mut clock = Clock::new();
        let (mut wall, mut monotonic) = (1_800_000_000_000, 5);
        let start = clock.observe(wall, monotonic).judged;
        let mut last = start;
        for (jump, passed) in steps {
            wall += passed + jump;
            monotonic += passed;
            let now = clock.observe(wall, monotonic).judged;
            prop_assert!(now >= last);
            prop_assert!(now.ms_since(start) >= monotonic - 5 - 1_000);
            last = now;
        }
    }
}
