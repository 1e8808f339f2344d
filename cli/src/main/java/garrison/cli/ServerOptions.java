package garrison.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What {@code up} and {@code server} share. */
final class ServerOptions {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = ".garrison",
      description = "Folder of the store, the certificates and the kubeconfig (${DEFAULT-VALUE}).")
  private Path data = Path.of(".garrison");

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "6443",
      description = "Port of the API, 0 for any free one (${DEFAULT-VALUE}).")
  private int port = 6443;

  @Option(
      names = "--bind",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description =
          "Address to listen on; 0.0.0.0 lets agents on other machines join (${DEFAULT-VALUE}).")
  private String bind = "127.0.0.1";

  @Option(
      names = "--advertise-address",
      paramLabel = "IP",
      description =
          "Address at which pods find this server: that of service kubernetes (where it listens;"
              + " with --bind 0.0.0.0 where the default route leaves this machine).")
  private @Nullable String advertised;

  @Option(
      names = "--tls-name",
      paramLabel = "NAME",
      description = "A further name or address of this server, for its certificate.")
  private List<String> names = new ArrayList<>();

  /** The data folder, absolute. */
  Path data() {
    return data.toAbsolutePath().normalize();
  }

  /** Starts the server as told. */
  StandaloneServer start() {
    if (port < 0 || port > 65535) {
      throw new CommandFailure("--port must be between 0 and 65535");
    }
    return StandaloneServer.start(
        data(), port, List.of(bind), names, AdvertisedAddress.of(advertised, bind));
  }

  /** Starts the server where it disturbs nobody. */
  StandaloneServer startOnAnyPort() {
    return StandaloneServer.start(data(), 0, List.of("127.0.0.1"), List.of(), "127.0.0.1");
  }

  /** Says where the kubeconfig is, and that the API answers. */
  void announce(StandaloneServer server) {
    System.out.println("kubeconfig " + server.api().kubeconfig());
    System.out.println("ready " + server.api().url());
    System.out.flush();
  }
}
