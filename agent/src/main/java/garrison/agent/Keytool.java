package garrison.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The JDK's keytool over one key store. The password travels in the environment, where other users
 * of the machine do not see it.
 */
record Keytool(Path store, String password) {
  /** The name of the one key. */
  static final String ALIAS = "node";

  private static final String VARIABLE = "GARRISON_STORE_PASSWORD";

  /** Makes a key of curve P-256, and a certificate by itself for it. */
  void generate(String subject) throws IOException {
    run(
        "-genkeypair",
        "-keyalg",
        "EC",
        "-groupname",
        "secp256r1",
        "-sigalg",
        "SHA256withECDSA",
        "-dname",
        subject,
        "-startdate",
        "-5M",
        "-validity",
        "365",
        "-storetype",
        "PKCS12");
  }

  /** A request to sign a certificate for that key, PKCS#10 in PEM. */
  String request() throws IOException {
    return run("-certreq").replace(" NEW CERTIFICATE REQUEST", " CERTIFICATE REQUEST");
  }

  private String run(String... arguments) throws IOException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    line.addAll(List.of(arguments));
    line.addAll(
        List.of("-alias", ALIAS, "-keystore", store.toString(), "-storepass:env", VARIABLE));
    ProcessBuilder builder =
        new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put(VARIABLE, password);
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException("keytool of the JDK says: " + output.strip());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    return output;
  }
}
