package garrison.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * Kubernetes' own specs, run as upstream runs them: by its {@code e2e.test}, against any API
 * server. They mostly wait, so several runs go side by side.
 */
final class UpstreamSpecs {
  /** The outcome of a spec that passed. */
  static final String PASSED = "passed";

  private static final int LONGEST_REASON = 600;
  private static final String ITS = "[It] ";

  /** What a regular expression of Go would not take as it stands. */
  private static final Pattern SPECIAL = Pattern.compile("[\\[\\](){}.*+?^$|\\\\]");

  private final @Nullable Machine machine;
  private final Path kubeconfig;
  private final Path folder;
  private final Path parts;

  /** With the machine that they run on, null for this one. */
  UpstreamSpecs(@Nullable Machine machine, Path kubeconfig, Path folder) throws IOException {
    this.machine = machine;
    this.kubeconfig = kubeconfig;
    this.folder = Files.createDirectories(folder);
    this.parts = RealPart.peers("e2e.test", "kubectl");
  }

  /**
   * Runs specs, by their exact names. Neighbours go to different runs: specs that take long stand
   * side by side.
   *
   * @param lanes how many runs at once
   * @param chunk how many specs a run at most
   * @param limitSeconds for each run
   * @return the outcome of each: {@link #PASSED}, or another with its reason; {@code missing} where
   *     a run was cut off
   */
  Map<String, String> run(List<String> names, int lanes, int chunk, int limitSeconds)
      throws InterruptedException {
    Map<String, String> outcomes = new TreeMap<>();
    names.forEach(name -> outcomes.put(name, "missing"));
    try (ExecutorService executor = Executors.newFixedThreadPool(lanes)) {
      List<Future<Map<String, String>>> runs = new ArrayList<>();
      int count = (names.size() + chunk - 1) / chunk;
      for (int first = 0; first < count; first++) {
        List<String> some = new ArrayList<>();
        for (int at = first; at < names.size(); at += count) {
          some.add(names.get(at));
        }
        String run = "run-" + first;
        runs.add(executor.submit(() -> run(some, run, limitSeconds)));
      }
      for (Future<Map<String, String>> run : runs) {
        outcomes.putAll(run.get());
      }
    } catch (ExecutionException e) {
      throw new AssertionError("the specs cannot be run", e.getCause());
    }
    return outcomes;
  }

  private Map<String, String> run(List<String> names, String run, int limitSeconds)
      throws IOException, InterruptedException {
    Path report = folder.resolve(run + ".xml");
    List<String> line = new ArrayList<>(List.of(parts.resolve("e2e.test").toString()));
    line.addAll(
        List.of(
            "--kubeconfig=" + kubeconfig,
            "--provider=skeleton",
            "--kubectl-path=" + parts.resolve("kubectl"),
            "--ginkgo.no-color",
            "--ginkgo.timeout=" + limitSeconds + "s",
            "--ginkgo.junit-report=" + report,
            "--disable-log-dump",
            "--allowed-not-ready-nodes=0"));
    names.forEach(
        name -> line.add("--ginkgo.focus=" + SPECIAL.matcher(name).replaceAll("\\\\$0") + "$"));
    Process process =
        new ProcessBuilder(machine == null ? line : machine.line(line))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(run + ".log").toFile())
            .start();
    if (!process.waitFor(limitSeconds + 30L, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    return outcomes(report, names);
  }

  /** Why it failed, as far as the report says; empty for one that passed. */
  private static String reason(Element spec) {
    StringBuilder reason = new StringBuilder();
    for (String kind : List.of("failure", "error")) {
      NodeList all = spec.getElementsByTagName(kind);
      for (int i = 0; i < all.getLength(); i++) {
        reason.append(": ").append(((Element) all.item(i)).getAttribute("message"));
      }
    }
    return reason.substring(0, Math.min(LONGEST_REASON, reason.length()));
  }

  /** What the report says of these specs; it lists all others as skipped. */
  private static Map<String, String> outcomes(Path report, List<String> names) throws IOException {
    Map<String, String> outcomes = new TreeMap<>();
    if (!Files.exists(report)) {
      return outcomes;
    }
    try {
      NodeList cases =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(report.toFile())
              .getElementsByTagName("testcase");
      for (int i = 0; i < cases.getLength(); i++) {
        Element spec = (Element) cases.item(i);
        String name = spec.getAttribute("name");
        for (String wanted : names) {
          // Labels may stand behind the name.
          if (name.startsWith(ITS + wanted)) {
            outcomes.put(wanted, spec.getAttribute("status") + reason(spec));
          }
        }
      }
    } catch (ParserConfigurationException | SAXException e) {
      throw new IOException(report + " is no report", e);
    }
    return outcomes;
  }
}
