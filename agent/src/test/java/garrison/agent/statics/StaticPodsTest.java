package garrison.agent.statics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** A directory of manifests, as it changes (spec: node-agent 3.1). */
class StaticPodsTest {
  private static final Duration NEVER = Duration.ofHours(1);

  @TempDir Path temp;
  private final List<List<String>> deliveries = new CopyOnWriteArrayList<>();
  private final List<String> problems = new CopyOnWriteArrayList<>();
  private final List<String> duplicates = new CopyOnWriteArrayList<>();
  private StaticPods pods;

  private void follow(Path directory, Duration rescan) {
    pods =
        StaticPods.start(
            directory,
            "n",
            InstantSource.system(),
            rescan,
            new StaticPods.Listener() {
              @Override
              public void pods(List<ObjectNode> all) {
                deliveries.add(all.stream().map(StaticPodsTest::name).toList());
              }

              @Override
              public void problem(Path file, String why) {
                problems.add(file.getFileName() + ": " + why);
              }

              @Override
              public void duplicate(ObjectNode pod) {
                duplicates.add(name(pod));
              }
            });
  }

  private static String name(ObjectNode pod) {
    return pod.at("/metadata/name").asString();
  }

  @AfterEach
  void stop() {
    if (pods != null) {
      pods.close();
    }
  }

  private static String pod(String name) {
    return "{apiVersion: v1, kind: Pod, metadata: {name: "
        + name
        + "}, spec: {containers: [{name: c, image: i}]}}\n";
  }

  private void write(String file, String text) throws IOException {
    Path fresh = Files.writeString(temp.resolve(".fresh"), text);
    Files.move(fresh, temp.resolve(file), StandardCopyOption.ATOMIC_MOVE);
  }

  private void awaitPods(String... names) {
    await().untilAsserted(() -> assertThat(deliveries).last().isEqualTo(List.of(names)));
  }

  @Test
  void filesAreReadWhateverTheirSuffixButNoHiddenOnesAndNoDirectories() throws IOException {
    write("a", pod("one"));
    write("b.json", pod("two"));
    Files.writeString(temp.resolve(".hidden.yaml"), pod("three"));
    Files.writeString(Files.createDirectory(temp.resolve("below")).resolve("c.yaml"), pod("four"));
    follow(temp, NEVER);
    awaitPods("one-n", "two-n");
  }

  @Test
  void changesAreSeenAtOnce() throws IOException {
    follow(temp, NEVER);
    awaitPods();
    write("a.yaml", pod("one"));
    awaitPods("one-n");
    write("a.yaml", pod("other"));
    awaitPods("other-n");
    Files.delete(temp.resolve("a.yaml"));
    awaitPods();
  }

  @Test
  void directoryMayComeGoAndComeAgain() throws IOException {
    Path later = temp.resolve("later");
    follow(later, Duration.ofMillis(200));
    awaitPods();
    Files.createDirectory(later);
    Files.writeString(later.resolve("a.yaml"), pod("one"));
    awaitPods("one-n");
    Files.delete(later.resolve("a.yaml"));
    Files.delete(later);
    awaitPods();
    Files.createDirectory(later);
    Files.writeString(later.resolve("b.yaml"), pod("two"));
    awaitPods("two-n");
  }

  @Test
  void halfWrittenFileKeepsItsPodUntilTheNextFullLook() throws IOException {
    ManifestDirectory directory = new ManifestDirectory(temp, "n", InstantSource.system());
    write("a.yaml", pod("one"));
    write("b.yaml", pod("two"));
    assertThat(names(directory.scan(false))).containsExactly("one-n", "two-n");
    write("a.yaml", pod("one").substring(0, 60));
    ManifestDirectory.Found patient = directory.scan(true);
    assertThat(names(patient)).containsExactly("one-n", "two-n");
    assertThat(new TreeMap<>(patient.problems()).firstKey()).hasFileName("a.yaml");
    assertThat(names(directory.scan(false))).containsExactly("two-n");
    write("a.yaml", pod("one"));
    assertThat(names(directory.scan(true))).containsExactly("one-n", "two-n");
  }

  private static List<String> names(ManifestDirectory.Found found) {
    List<String> names = new ArrayList<>();
    found.pods().forEach(pod -> names.add(name(pod)));
    return names;
  }

  @Test
  void badFilesAreToldOnceAndCostTheOthersNothing() throws IOException {
    write("a.yaml", pod("one"));
    write("b.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\n");
    write("c.yaml", "{half");
    Files.write(temp.resolve("d.yaml"), new byte[(10 << 20) + 1]);
    follow(temp, Duration.ofMillis(100));
    awaitPods("one-n");
    int looks = deliveries.size();
    await().until(() -> deliveries.size() > looks + 3);
    assertThat(problems)
        .satisfiesExactlyInAnyOrder(
            one -> assertThat(one).startsWith("b.yaml: ").contains("kind \"ConfigMap\""),
            one -> assertThat(one).startsWith("c.yaml: neither JSON nor YAML"),
            one -> assertThat(one).isEqualTo("d.yaml: over 10 MiB"));
  }

  @Test
  void secondPodOfANameIsIgnoredAndTold() throws IOException {
    write("a.yaml", pod("one"));
    write("b.yaml", pod("one"));
    follow(temp, Duration.ofMillis(100));
    awaitPods("one-n");
    int looks = deliveries.size();
    await().until(() -> deliveries.size() > looks + 3);
    assertThat(duplicates).containsExactly("one-n");
    Files.delete(temp.resolve("a.yaml"));
    awaitPods("one-n");
  }

  @Test
  void linkIntoADirectoryOfVersionsIsFollowed() throws IOException {
    Path version = Files.createDirectory(temp.resolve("..v1"));
    Files.writeString(version.resolve("a.yaml"), pod("one"));
    Files.createSymbolicLink(temp.resolve("..data"), version.getFileName());
    Files.createSymbolicLink(temp.resolve("a.yaml"), Path.of("..data", "a.yaml"));
    follow(temp, NEVER);
    awaitPods("one-n");
  }
}
