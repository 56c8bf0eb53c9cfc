//! What a flow shares with whoever drives it. Natively flows go from thread to thread, as their futures do; WebAssembly
//! has one thread and pays for no lock.

#[cfg(target_arch = "wasm32")]
mod of_host {
    pub use core::cell::RefCell as Slot;
    pub use std::rc::Rc as Shared;

    /// What a flow may hold: anything.
    pub trait Portable {}
    impl<T: ?Sized> Portable for T {}

    pub(crate) type Steps<T> =
        core::pin::Pin<Box<dyn Future<Output = Result<T, crate::error::Error>>>>;
}

#[cfg(not(target_arch = "wasm32"))]
mod of_host {
    use std::sync::{Mutex, MutexGuard, PoisonError};

    pub use std::sync::Arc as Shared;

    /// A value that several hold, with `RefCell`'s names. It is never borrowed twice at once, nor while waiting.
    #[derive(Debug, Default)]
    pub struct Slot<T>(Mutex<T>);

    impl<T> Slot<T> {
        /// Takes the value over.
        #[must_use]
        pub fn new(value: T) -> Self {
            Self(Mutex::new(value))
        }

        /// The value, to read.
        pub fn borrow(&self) -> MutexGuard<'_, T> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner)
        }

        /// The value, to change.
        pub fn borrow_mut(&self) -> MutexGuard<'_, T> {
            self.borrow()
        }
    }

    /// What a flow may hold: what may go to another thread.
    pub trait Portable: Send {}
    impl<T: Send + ?Sized> Portable for T {}

    pub(crate) type Steps<T> =
        core::pin::Pin<Box<dyn Future<Output = Result<T, crate::error::Error>> + Send>>;
}

pub(crate) use of_host::Steps;
pub use of_host::{Portable, Shared, Slot};
