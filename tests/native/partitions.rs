//! Many users in a bounded cache: nobody ever gets another one's.

use graph_token::cache::key::{Owner, TokenKey};
use graph_token::cache::lifetime::Lifetime;
use graph_token::cache::partition::{Partitions, TokenRef, Wanted, key};
use graph_token::cache::store::{Bounds, Entry, Store};
use graph_token::protocol::scope::Scopes;
use graph_token::text::Text;
use graph_token::time::Moment;
use proptest::prelude::*;

const ENVIRONMENT: &str = "login.windows.net";
const FOREVER: Lifetime = Lifetime {
    obtained: Moment(0),
    refresh: None,
    expires: Moment(i64::MAX),
    extended_expires: Moment(i64::MAX),
};

#[derive(Clone, Debug)]
enum Action {
    /// Someone gets a token: who, how, in which tenant, for which scopes.
    Keep(Who, u8, Vec<u8>),
    Find(Who, u8, Vec<u8>),
    Forget(Who),
    Clear,
}

#[derive(Clone, Debug, PartialEq)]
enum Who {
    User(u8),
    Caller(u8),
}

/// Ids that are close to one another, and to what divides the parts of a key.
const IDS: [&str; 6] = ["u.t", "u.t\n", "u.t\\n", "u\nu.t", "U.T2", "u.t2x"];
const SCOPES: [&str; 4] = ["user.read", "mail.read", "files.read", "api://x/user.read"];

impl Who {
    fn owner(&self) -> Owner<'static> {
        match self {
            Self::User(number) => Owner::User(IDS[usize::from(*number)]),
            Self::Caller(number) => Owner::Assertion(IDS[usize::from(*number)]),
        }
    }
}

fn scopes(numbers: &[u8]) -> Scopes {
    Scopes::parse(numbers.iter().map(|number| SCOPES[usize::from(*number)])).unwrap()
}

fn who() -> impl Strategy<Value = Who> {
    prop_oneof![
        (0..6_u8).prop_map(Who::User),
        (0..6_u8).prop_map(Who::Caller)
    ]
}

fn action() -> impl Strategy<Value = Action> {
    let asked = || proptest::collection::vec(0..4_u8, 1..4);
    prop_oneof![
        6 => (who(), 0..3_u8, asked()).prop_map(|(who, tenant, scopes)| Action::Keep(who, tenant, scopes)),
        8 => (who(), 0..3_u8, asked()).prop_map(|(who, tenant, scopes)| Action::Find(who, tenant, scopes)),
        1 => who().prop_map(Action::Forget),
        1 => Just(Action::Clear),
    ]
}

/// What a token lies for: whose, of which tenant, for which scopes.
type Held = (Who, u8, Vec<Text>);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn never_another_ones_token(max_entries in 1..10_usize, actions in proptest::collection::vec(action(), 1..150)) {
        let bounds = Bounds { max_entries, max_bytes: 1 << 20 };
        let (mut partitions, mut store) = (Partitions::new(bounds), Store::<Held>::new(bounds));
        let mut last: Option<Held> = None;
        for action in actions {
            match action {
                Action::Keep(who, tenant, asked) => {
                    let (scopes, realm) = (scopes(&asked), format!("tenant{tenant}"));
                    let location = format!("{ENVIRONMENT}/{realm}");
                    let text = TokenKey {
                        location: &location,
                        client_id: "c",
                        scopes: &scopes,
                        owner: who.owner(),
                        capabilities: &[],
                        query: &[],
                        body: &[],
                    }.to_text();
                    let held: Held = (who.clone(), tenant, scopes.bare("login.windows.net"));
                    store.insert(&text, Entry { lifetime: FOREVER, value: held.clone() }, 100, Moment(0));
                    let found_by = TokenRef {
                        client_id: "c".into(),
                        key: text,
                        realm: realm.into(),
                        location: location.into(),
                        asked: scopes.bare("login.windows.net"),
                        granted: scopes.bare("login.windows.net"),
                        variant: Text::new(),
                    };
                    partitions.change(&key(ENVIRONMENT, who.owner()), Moment(0), |partition| {
                        partition.tokens.retain(|known| store.find(&known.key).is_some());
                        partition.keep_token(found_by);
                    });
                    last = Some(held);
                }
                Action::Find(who, tenant, asked) => {
                    let (scopes, realm) = (scopes(&asked).bare("login.windows.net"), format!("tenant{tenant}"));
                    let wanted = Wanted {
                        client_id: "c",
                        realm: Some(&realm),
                        location: "login.windows.net/common",
                        scopes: &scopes,
                        variant: "",
                    };
                    let partition = partitions.get(&key(ENVIRONMENT, who.owner()));
                    let tokens = partition.map(|partition| partition.tokens.as_slice()).unwrap_or_default();
                    for token in tokens.iter().filter(|token| token.serves(wanted)) {
                        let Some(handle) = store.find(&token.key) else { continue };
                        let (of, of_tenant, granted) = &store.peek(handle).unwrap().value;
                        prop_assert_eq!(of, &who);
                        prop_assert_eq!(of_tenant, &tenant);
                        prop_assert!(scopes.iter().all(|scope| granted.contains(scope)));
                    }
                }
                Action::Forget(who) => {
                    if let Some(partition) = partitions.remove(&key(ENVIRONMENT, who.owner())) {
                        for token in partition.tokens {
                            if let Some(handle) = store.find(&token.key) {
                                prop_assert_eq!(&store.remove(handle).unwrap().value.0, &who);
                            }
                        }
                    }
                }
                Action::Clear => {
                    partitions.clear();
                    store.clear();
                    last = None;
                }
            }
            prop_assert!(partitions.in_order().len() <= max_entries);
            if let Some((who, tenant, granted)) = &last
                && partitions.get(&key(ENVIRONMENT, who.owner())).is_some()
            {
                let realm = format!("tenant{tenant}");
                let wanted = Wanted { client_id: "c", realm: Some(&realm), location: ENVIRONMENT, scopes: granted, variant: "" };
                let partition = partitions.get(&key(ENVIRONMENT, who.owner())).unwrap();
                prop_assert!(partition.tokens.iter().any(|token| token.serves(wanted)), "the last one is found");
            }
        }
    }

    #[test]
    fn keys_of_different_owners_differ(one in "[a-z.\n\\\\-]{0,8}", other in "[a-z.\n\\\\-]{0,8}") {
        let text = |owner| TokenKey {
            location: "l", client_id: "c", scopes: &Scopes::default(), owner, capabilities: &[], query: &[], body: &[],
        }.to_text();
        prop_assume!(one != other && !one.is_empty() && !other.is_empty());
        prop_assert_ne!(text(Owner::User(&one)), text(Owner::User(&other)));
        prop_assert_ne!(text(Owner::User(&one)), text(Owner::Assertion(&one)));
        prop_assert_ne!(key(ENVIRONMENT, Owner::User(&one)), key(ENVIRONMENT, Owner::User(&other)));
        prop_assert_ne!(key(ENVIRONMENT, Owner::User(&one)), key(ENVIRONMENT, Owner::Assertion(&one)));
    }
}

#[test]
fn the_case_of_entras_ids_does_not_matter_that_of_any_other_does() {
    const USER: &str = "22222222-2222-4222-8222-2222222222AB.aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa";
    assert_eq!(
        key(ENVIRONMENT, Owner::User(USER)),
        key("LOGIN.windows.net", Owner::User(&USER.to_lowercase()))
    );
    assert_ne!(
        key(ENVIRONMENT, Owner::User("Alice")),
        key(ENVIRONMENT, Owner::User("alice"))
    );
    assert_ne!(
        key(ENVIRONMENT, Owner::Assertion("Ab")),
        key(ENVIRONMENT, Owner::Assertion("aB"))
    );
}

#[test]
fn they_stay_in_the_order_in_which_they_came() {
    let mut partitions = Partitions::new(Bounds {
        max_entries: 10,
        max_bytes: 1 << 20,
    });
    let file = |partitions: &mut Partitions, name: &str| {
        partitions.change(name, Moment(0), |partition| {
            partition.keep_token(TokenRef {
                key: name.into(),
                client_id: "c".into(),
                realm: "r".into(),
                location: "l".into(),
                asked: vec![],
                granted: vec![],
                variant: "".into(),
            });
        });
    };
    for name in ["a", "b", "c", "d", "a", "c", "b"] {
        file(&mut partitions, name);
    }
    let order = |partitions: &Partitions| -> Vec<String> {
        let all = partitions.in_order().into_iter();
        all.map(|partition| partition.tokens[0].key.as_str().to_owned())
            .collect()
    };
    assert_eq!(order(&partitions), ["a", "b", "c", "d"]);
    partitions.remove("b");
    file(&mut partitions, "b");
    assert_eq!(order(&partitions), ["a", "c", "d", "b"]);
}

#[test]
fn an_empty_partition_leaves_no_trace() {
    let mut partitions = Partitions::new(Bounds {
        max_entries: 10,
        max_bytes: 1 << 20,
    });
    partitions.change("user\nx", Moment(0), |_| {});
    assert_eq!(partitions.in_order().len(), 0);
}
