package garrison.agent.life;

/** Against processes of the host. */
class ProcessOrderTest extends OrderLife {
  @Override
  protected Flavour flavour() {
    return Flavour.PROCESSES;
  }
}
