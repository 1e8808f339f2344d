package garrison.cli;

import picocli.CommandLine.IVersionProvider;

/** The version of the program, and of the Kubernetes it behaves as. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = Main.class.getPackage().getImplementationVersion();
    return new String[] {
      "garrison " + (version == null ? "unbuilt" : version), "Kubernetes API 1.37.2"
    };
  }
}
