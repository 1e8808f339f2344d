package garrison.store;

/** The store in memory keeps the contract. */
class MemoryStoreTest extends StoreContract {
  @Override
  Store open() {
    return MemoryStore.open();
  }
}
