package garrison.agent.life;

/** Against processes of the host. */
class ProcessOrderTest extends OrderLife {
  @Override
  Flavour flavour() {
    return Flavour.PROCESSES;
  }
}
