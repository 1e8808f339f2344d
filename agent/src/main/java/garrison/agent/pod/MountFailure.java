package garrison.agent.pod;

/** A volume that cannot be set up now; tried again later. The message names it and says why. */
final class MountFailure extends Exception {
  private static final long serialVersionUID = 1L;

  /** {@code MountVolume.SetUp failed for volume "v" : why}. */
  MountFailure(String volume, String why) {
    super("MountVolume.SetUp failed for volume \"" + volume + "\" : " + why);
  }

  String text() {
    return String.valueOf(getMessage());
  }
}
