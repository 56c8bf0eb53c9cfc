//! The store against a plain model that does the same with a list.

use graph_token::cache::lifetime::Lifetime;
use graph_token::cache::store::{Bounds, Entry, Handle, Store};
use graph_token::time::Moment;
use proptest::prelude::*;

fn entry(value: u32, expires: i64) -> Entry<u32> {
    let expires = Moment(expires);
    Entry {
        lifetime: Lifetime {
            obtained: Moment(0),
            refresh: None,
            expires,
            extended_expires: expires,
        },
        value,
    }
}

const FOREVER: i64 = i64::MAX;
const ROOMY: Bounds = Bounds {
    max_entries: 1_000,
    max_bytes: 1 << 20,
};

#[test]
fn the_least_recently_used_go_first() {
    let mut store = Store::new(Bounds {
        max_entries: 2,
        ..ROOMY
    });
    let a = store.insert("a", entry(1, FOREVER), 10, Moment(0)).unwrap();
    let b = store.insert("b", entry(2, FOREVER), 10, Moment(0)).unwrap();
    store.touch(a);
    store.insert("c", entry(3, FOREVER), 10, Moment(0));
    assert_eq!(store.peek(a).unwrap().value, 1);
    assert!(store.peek(b).is_none() && store.find("b").is_none());
}

#[test]
fn bytes_are_bounded() {
    let mut store = Store::new(Bounds {
        max_bytes: 10_000,
        ..ROOMY
    });
    for number in 0..100 {
        store.insert(
            &format!("key {number}"),
            entry(number, FOREVER),
            1_000,
            Moment(0),
        );
        assert!(store.bytes() <= 10_000);
    }
    assert!(store.len() >= 5);
    assert!(
        store
            .insert("large", entry(0, FOREVER), 20_000, Moment(0))
            .is_none(),
        "what is too large is not kept"
    );
    assert!(store.len() >= 5, "and pushes nothing out");
}

#[test]
fn the_expired_go_as_new_ones_come() {
    let mut store = Store::new(ROOMY);
    for number in 0..100 {
        store.insert(
            &format!("old {number}"),
            entry(number, 1_000),
            10,
            Moment(0),
        );
    }
    for number in 0..100 {
        store.insert(
            &format!("new {number}"),
            entry(number, FOREVER),
            10,
            Moment(2_000),
        );
    }
    assert_eq!(store.len(), 100);
}

#[test]
fn a_handle_of_a_dead_entry_finds_nothing() {
    let mut store = Store::new(ROOMY);
    let old = store.insert("a", entry(1, FOREVER), 10, Moment(0)).unwrap();
    let new = store.insert("a", entry(2, FOREVER), 10, Moment(0)).unwrap();
    assert!(store.peek(old).is_none());
    assert_eq!(store.peek(new).unwrap().value, 2);
    store.clear();
    assert!(store.is_empty() && store.peek(new).is_none() && store.bytes() == 0);
    for number in [0, 1, u64::MAX, 1 << 53] {
        assert!(store.peek(Handle::from_number(number)).is_none());
    }
}

#[derive(Clone, Debug)]
enum Action {
    Insert { key: u8, bytes: usize, expires: i64 },
    Find(u8),
    Touch(usize),
    Remove(usize),
    Pass(i64),
    Clear,
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        6 => (0..20_u8, 0..400_usize, 0..1_000_i64).prop_map(|(key, bytes, expires)| Action::Insert { key, bytes, expires }),
        2 => (0..20_u8).prop_map(Action::Find),
        4 => (0..200_usize).prop_map(Action::Touch),
        1 => (0..200_usize).prop_map(Action::Remove),
        1 => (0..100_i64).prop_map(Action::Pass),
        1 => Just(Action::Clear),
    ]
}

/// What is in the model, the most recently used last.
struct Known {
    key: String,
    value: u32,
    handle: Handle,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn it_does_what_a_list_would(max_entries in 1..12_usize, max_bytes in 500..3_000_usize, actions in proptest::collection::vec(action(), 1..200)) {
        let mut store = Store::new(Bounds { max_entries, max_bytes });
        let mut model: Vec<Known> = Vec::new();
        let mut given: Vec<(Handle, u32)> = Vec::new();
        let mut now = 0;
        for (number, action) in (0_u32..).zip(actions) {
            match action {
                Action::Insert { key, bytes, expires } => {
                    let key = format!("key {key}");
                    let handle = store.insert(&key, entry(number, now + expires), bytes, Moment(now));
                    model.retain(|known| known.key != key);
                    if let Some(handle) = handle {
                        model.push(Known { key, value: number, handle });
                        given.push((handle, number));
                    }
                }
                Action::Find(key) => {
                    let key = format!("key {key}");
                    if let Some(handle) = store.find(&key) {
                        let known = model.iter().find(|known| known.key == key);
                        prop_assert!(known.is_some_and(|known| known.handle == handle));
                    }
                }
                Action::Touch(at) if !given.is_empty() => {
                    let (handle, value) = given[at % given.len()];
                    if let Some(found) = store.touch(handle) {
                        prop_assert_eq!(found.value, value, "never another entry's token");
                        let at = model.iter().position(|known| known.handle == handle).unwrap();
                        let known = model.remove(at);
                        model.push(known);
                    }
                }
                Action::Remove(at) if !given.is_empty() => {
                    let (handle, value) = given[at % given.len()];
                    if let Some(removed) = store.remove(handle) {
                        prop_assert_eq!(removed.value, value);
                        model.retain(|known| known.handle != handle);
                    }
                }
                Action::Touch(_) | Action::Remove(_) => {}
                Action::Pass(milliseconds) => now += milliseconds,
                Action::Clear => {
                    store.clear();
                    model.clear();
                }
            }
            // What the store has dropped for want of room or by age leaves the model too; the rest agree in order.
            model.retain(|known| store.peek(known.handle).is_some());
            let stored: Vec<u32> = store.iter().map(|(_, entry)| entry.value).collect();
            let expected: Vec<u32> = model.iter().rev().map(|known| known.value).collect();
            prop_assert_eq!(stored, expected);
            prop_assert!(store.len() <= max_entries && store.bytes() <= max_bytes);
            for (handle, value) in &given {
                prop_assert!(store.peek(*handle).is_none_or(|found| found.value == *value));
                prop_assert_eq!(Handle::from_number(handle.to_number()), *handle);
            }
        }
    }

    /// Nothing that still serves goes while there is room.
    #[test]
    fn nothing_is_dropped_without_need(keys in proptest::collection::vec(0..1_000_u32, 1..200)) {
        let mut store = Store::new(ROOMY);
        for key in &keys {
            store.insert(&key.to_string(), entry(*key, FOREVER), 10, Moment(0));
        }
        for key in &keys {
            let handle = store.find(&key.to_string()).unwrap();
            prop_assert_eq!(store.peek(handle).unwrap().value, *key);
        }
    }
}
