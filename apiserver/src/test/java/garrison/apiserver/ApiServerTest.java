package garrison.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import garrison.apiserver.auth.User;
import garrison.apiserver.http.Caller;
import garrison.apiserver.pki.Credential;
import garrison.apiserver.pki.Pki;
import garrison.client.ListOptions;
import garrison.client.http.HttpCluster;
import garrison.model.kind.Kinds;
import garrison.store.MemoryStore;
import garrison.store.Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server as a whole: how it starts, whom it lets in, how it stops. */
class ApiServerTest {
  private static final int NO_CONNECTION = 0;

  @TempDir private Path data;

  private static ApiServerConfig config(Path data, int port, Store store) {
    return new ApiServerConfig(
        data, port, List.of("127.0.0.1"), List.of("fleet.example"), store, Clock.systemUTC());
  }

  @Test
  void portInUseIsSaid() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
        Store store = MemoryStore.open()) {
      assertThatThrownBy(() -> ApiServer.start(config(data, taken.getLocalPort(), store)))
          .isInstanceOf(StartException.class)
          .hasMessageStartingWith(
              "port " + taken.getLocalPort() + " on 127.0.0.1 is in use: stop the program")
          .hasMessageContaining("--port")
          .hasMessageNotContaining("\n");
    }
  }

  @Test
  void addressOfAnotherMachineIsSaid() {
    try (Store store = MemoryStore.open()) {
      ApiServerConfig config =
          new ApiServerConfig(data, 0, List.of("192.0.2.1"), List.of(), store, Clock.systemUTC());
      assertThatThrownBy(() -> ApiServer.start(config))
          .isInstanceOf(StartException.class)
          .hasMessageStartingWith("cannot listen on 192.0.2.1")
          .hasMessageNotContaining("\n");
    }
  }

  @Test
  void kubeconfigIsTheAdministratorsAlone() throws IOException {
    try (TestServer server = TestServer.start(data)) {
      Path file = server.api().kubeconfig();
      assertThat(file).isEqualTo(data.resolve("kubeconfig"));
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      try (HttpCluster cluster = HttpCluster.fromKubeconfig(file)) {
        assertThat(cluster.server()).hasToString(server.api().url() + "/");
        assertThat(cluster.list(Kinds.NAMESPACE, "", ListOptions.ALL).items()).hasSize(4);
      }
    }
  }

  @Test
  void everythingIsThereAfterARestart() {
    try (TestServer server = TestServer.start(data)) {
      server.namespace("mine");
      String ca = server.api().caPem();
      server.restart();
      assertThat(server.api().caPem()).isEqualTo(ca);
      assertThat(server.admin().get("/api/v1/namespaces/mine").code()).isEqualTo(200);
    }
  }

  @Test
  void namesGivenAreInTheCertificate() throws Exception {
    try (Store store = MemoryStore.open();
        ApiServer server = ApiServer.start(config(data, 0, store))) {
      assertThat(server.pki().server().certificate().getSubjectAlternativeNames())
          .contains(List.of(2, "fleet.example"), List.of(7, "127.0.0.1"));
    }
  }

  private static int codeOf(Caller caller) {
    try {
      return caller.get("/api/v1/nodes").code();
    } catch (UncheckedIOException e) {
      return NO_CONNECTION;
    }
  }

  @Test
  void certificateOfAnotherAuthorityLetsNobodyIn() {
    try (TestServer server = TestServer.start(data)) {
      Pki foreign = Pki.open(data.resolve("foreign"), Clock.systemUTC(), List.of("localhost"));
      Caller caller = server.caller(foreign.admin());
      // Authorities made in the same second have the same name. Of another name, the client does
      // not
      // even show what the server would turn away.
      assertThat(codeOf(caller)).isIn(NO_CONNECTION, 403);
    }
  }

  @Test
  void certificateThatHasEndedLetsNobodyIn() {
    Clock past = Clock.offset(Clock.systemUTC(), Duration.ofDays(-400));
    Credential old = Pki.open(data.resolve("pki"), past, List.of("localhost")).admin();
    try (TestServer server = TestServer.start(data)) {
      Caller caller = server.caller(old);
      assertThatThrownBy(() -> caller.get("/api/v1/nodes"))
          .isInstanceOf(UncheckedIOException.class);
    }
  }

  @Test
  void serversCertificateIsNoClients() {
    try (TestServer server = TestServer.start(data)) {
      Caller caller = server.caller(server.api().pki().server());
      assertThatThrownBy(() -> caller.get("/healthz")).isInstanceOf(UncheckedIOException.class);
    }
  }

  @Test
  void bothPresentVersionsOfTlsAreSpoken() throws IOException {
    try (TestServer server = TestServer.start(data)) {
      for (String version : List.of("TLSv1.2", "TLSv1.3")) {
        try (SSLSocket socket = socket(server, version)) {
          socket.startHandshake();
          assertThat(socket.getSession().getProtocol()).isEqualTo(version);
        }
      }
    }
  }

  private static SSLSocket socket(TestServer server, String version) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            server.admin().tls().getSocketFactory().createSocket("127.0.0.1", server.api().port());
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setProtocols(new String[] {version});
    socket.setSSLParameters(parameters);
    return socket;
  }

  @Test
  void sameServerInProcessAndOverTheWire() {
    try (TestServer server = TestServer.start(data)) {
      server.namespace("mine");
      assertThat(server.api().cluster(User.ADMIN).get(Kinds.NAMESPACE, "", "mine"))
          .isEqualTo(server.admin().get("/api/v1/namespaces/mine").json());
    }
  }

  @Test
  void closingTwiceIsClosing() {
    TestServer server = TestServer.start(data);
    server.api().close();
    server.close();
  }
}
