package garrison.control;

/**
 * One control loop: level-triggered and idempotent. It compares what is wanted with what it sees,
 * and a crash at any line is repaired by its next pass.
 */
public interface Loop extends AutoCloseable {
  /** Its name, which is also the source of its events and the user it acts as. */
  String name();

  /** Starts it; returns at once and works as soon as its caches are full. Once. */
  void start();

  /** Ends it: no call to the cluster is under way when this returns. Idempotent. */
  @Override
  void close();
}
