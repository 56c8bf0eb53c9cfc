//! From a key's hash to its slot: open addressing with linear probing.
//!
//! A well-kept table (hashbrown) does the same and is larger: see `docs/decisions/size.md`.

/// The slot of an empty cell.
const EMPTY: u32 = u32::MAX;

/// Cells of the smallest table; always a power of two.
const FEWEST_CELLS: usize = 8;

#[derive(Clone, Copy, Debug)]
struct Cell {
    hash: u32,
    slot: u32,
}

/// Slots by hash. Which of several slots with one hash is meant, the caller tells by their keys.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    cells: Vec<Cell>,
    len: usize,
}

impl Index {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The first slot with this hash for which `is_it` holds.
    pub(super) fn find(&self, hash: u32, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        self.position(hash, is_it).map(|at| self.cells[at].slot)
    }

    pub(super) fn insert(&mut self, hash: u32, slot: u32) {
        // At most three quarters full, so that probing stays short.
        if (self.len + 1) * 4 > self.cells.len() * 3 {
            self.grow();
        }
        self.place(Cell { hash, slot });
        self.len += 1;
    }

    pub(super) fn remove(&mut self, hash: u32, slot: u32) {
        let Some(mut hole) = self.position(hash, |other| other == slot) else {
            return;
        };
        let mask = self.cells.len() - 1;
        let mut at = hole;
        // What follows moves up, unless that would put it before the cell where its search begins.
        loop {
            at = (at + 1) & mask;
            let cell = self.cells[at];
            if cell.slot == EMPTY {
                break;
            }
            let home = cell.hash as usize & mask;
            if (at.wrapping_sub(home) & mask) >= (at.wrapping_sub(hole) & mask) {
                self.cells[hole] = cell;
                hole = at;
            }
        }
        self.cells[hole].slot = EMPTY;
        self.len -= 1;
    }

    fn position(&self, hash: u32, is_it: impl Fn(u32) -> bool) -> Option<usize> {
        let mask = self.cells.len().checked_sub(1)?;
        let mut at = hash as usize & mask;
        loop {
            let cell = self.cells[at];
            if cell.slot == EMPTY {
                return None;
            }
            if cell.hash == hash && is_it(cell.slot) {
                return Some(at);
            }
            at = (at + 1) & mask;
        }
    }

    fn place(&mut self, cell: Cell) {
        let mask = self.cells.len() - 1;
        let mut at = cell.hash as usize & mask;
        while self.cells[at].slot != EMPTY {
            at = (at + 1) & mask;
        }
        self.cells[at] = cell;
    }

    fn grow(&mut self) {
        let count = (self.cells.len() * 2).max(FEWEST_CELLS);
        let before = core::mem::replace(
            &mut self.cells,
            vec![
                Cell {
                    hash: 0,
                    slot: EMPTY
                };
                count
            ],
        );
        for cell in before {
            if cell.slot != EMPTY {
                self.place(cell);
            }
        }
    }
}

/// A key's hash: FNV-1a, its bits mixed once more (murmur3's finish) since the table takes the lowest.
pub(super) fn hash(key: &str) -> u32 {
    let mut hash = key.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    hash = (hash ^ (hash >> 16)).wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ (hash >> 13)).wrapping_mul(0xc2b2_ae35);
    hash ^ (hash >> 16)
}

#[cfg(test)]
mod tests {
    use super::Index;

    /// Few distinct hashes, so that cells crowd and wrap around: every slot is found until it is removed.
    #[test]
    fn crowded_cells_are_found_whatever_was_removed() {
        for spread in [1, 2, 5, 64] {
            let mut index = Index::default();
            let hash = |slot: u32| (slot % spread).wrapping_mul(0x9e37_79b9);
            for slot in 0..200 {
                index.insert(hash(slot), slot);
            }
            for removed in (0..200).filter(|slot| slot % 3 != 0) {
                index.remove(hash(removed), removed);
                for slot in 0..200 {
                    let there = slot > removed || slot % 3 == 0;
                    assert_eq!(
                        index.find(hash(slot), |other| other == slot).is_some(),
                        there,
                        "{slot} of {spread}"
                    );
                }
            }
            assert_eq!(index.len(), 67);
        }
    }
}
