package garrison.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows of the house: who may import whom. */
@AnalyzeClasses(packages = "garrison", importOptions = ImportOption.DoNotIncludeTests.class)
class HouseTest {
  @ArchTest
  static final ArchRule arrows =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("model")
          .definedBy("garrison.model..")
          .layer("store")
          .definedBy("garrison.store..")
          .layer("client")
          .definedBy("garrison.client..")
          .layer("daemonset")
          .definedBy("garrison.daemonset..")
          .layer("apiserver")
          .definedBy("garrison.apiserver..")
          .layer("control")
          .definedBy("garrison.control..")
          .layer("agent")
          .definedBy("garrison.agent..")
          .layer("cli")
          .definedBy("garrison.cli..")
          .whereLayer("cli")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("apiserver")
          .mayOnlyBeAccessedByLayers("cli")
          .whereLayer("control")
          .mayOnlyBeAccessedByLayers("cli")
          .whereLayer("agent")
          .mayOnlyBeAccessedByLayers("cli")
          .whereLayer("daemonset")
          .mayOnlyBeAccessedByLayers("control", "cli")
          .whereLayer("store")
          .mayOnlyBeAccessedByLayers("apiserver", "cli")
          .whereLayer("client")
          .mayOnlyBeAccessedByLayers("apiserver", "control", "agent", "cli");

  /** Decisions are pure: no clock, no thread, no I/O, no network. */
  @ArchTest
  static final ArchRule decisionsArePure =
      noClasses()
          .that()
          .resideInAPackage("garrison.daemonset..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "java.io..", "java.nio.file..", "java.net..", "java.util.concurrent..")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.lang.Thread")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.time.Clock");

  /** The store knows nothing of Kubernetes. */
  @ArchTest
  static final ArchRule theStoreKnowsBytes =
      noClasses()
          .that()
          .resideInAPackage("garrison.store..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("garrison.model..", "tools.jackson..");

  /** Loops have no server of their own, and no SQL. */
  @ArchTest
  static final ArchRule loopsOnlyAsk =
      noClasses()
          .that()
          .resideInAPackage("garrison.control..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.sql..", "io.vertx..");

  /** The model talks to nobody; an address written down is no connection. */
  @ArchTest
  static final ArchRule theModelStartsNothing =
      noClasses()
          .that()
          .resideInAPackage("garrison.model..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.net.http..", "java.nio.channels..", "java.sql..")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.lang.Thread");
}
