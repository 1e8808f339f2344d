package garrison.model.kind;

import static garrison.model.kind.Verb.CREATE;
import static garrison.model.kind.Verb.DELETE;
import static garrison.model.kind.Verb.GET;
import static garrison.model.kind.Verb.LIST;
import static garrison.model.kind.Verb.PATCH;
import static garrison.model.kind.Verb.UPDATE;
import static garrison.model.kind.Verb.WATCH;

import garrison.model.kind.table.Columns;
import garrison.model.kind.table.ConfigurationColumns;
import garrison.model.kind.table.EventColumns;
import garrison.model.kind.table.ForeignColumns;
import garrison.model.kind.table.NodeColumns;
import garrison.model.kind.table.PodColumns;
import garrison.model.kind.table.WorkloadColumns;
import java.util.List;
import java.util.Set;

/** The kinds of the core group, {@code v1} (spec: api-server 2). */
final class CoreKinds {
  static final Kind BINDING =
      core("Binding", "bindings").struct("core.v1.Binding").verbs(CREATE).build();

  static final Kind CONFIG_MAP =
      core("ConfigMap", "configmaps")
          .struct("core.v1.ConfigMap")
          .shortNames("cm")
          .columns(ConfigurationColumns.CONFIG_MAP)
          .build();

  static final Kind ENDPOINTS =
      core("Endpoints", "endpoints")
          .shortNames("ep")
          .readOnly()
          .columns(ForeignColumns.ENDPOINTS)
          .build();

  static final Kind EVENT =
      core("Event", "events")
          .struct("core.v1.Event")
          .shortNames("ev")
          .selectable(
              "involvedObject.kind",
              "involvedObject.namespace",
              "involvedObject.name",
              "involvedObject.uid",
              "involvedObject.apiVersion",
              "involvedObject.resourceVersion",
              "involvedObject.fieldPath",
              "reason",
              "reportingComponent",
              "source",
              "type")
          .traits(Trait.CREATE_ON_UPDATE)
          .columns(EventColumns.ALL)
          .build();

  static final Kind LIMIT_RANGE =
      core("LimitRange", "limitranges").shortNames("limits").readOnly().build();

  static final Kind NAMESPACE =
      core("Namespace", "namespaces")
          .struct("core.v1.Namespace")
          .shortNames("ns")
          .clusterScoped()
          .verbs(CREATE, DELETE, GET, LIST, PATCH, UPDATE, WATCH)
          .subresource("finalize", UPDATE)
          .status()
          .selectable("status.phase")
          .traits(Trait.SPEC_FINALIZERS, Trait.LABEL_NAME, Trait.DELETE_ANSWERS_OBJECT)
          .columns(ConfigurationColumns.NAMESPACE)
          .build();

  static final Kind NODE =
      core("Node", "nodes")
          .struct("core.v1.Node")
          .shortNames("no")
          .clusterScoped()
          .status()
          .selectable("spec.unschedulable")
          .traits(Trait.STATUS_AT_CREATE)
          .columns(NodeColumns.ALL)
          .build();

  static final Kind PERSISTENT_VOLUME_CLAIM =
      core("PersistentVolumeClaim", "persistentvolumeclaims")
          .struct("core.v1.PersistentVolumeClaim")
          .shortNames("pvc")
          .readOnly()
          .columns(ForeignColumns.PERSISTENT_VOLUME_CLAIM)
          .build();

  static final Kind PERSISTENT_VOLUME =
      core("PersistentVolume", "persistentvolumes")
          .struct("core.v1.PersistentVolume")
          .shortNames("pv")
          .clusterScoped()
          .readOnly()
          .columns(ForeignColumns.PERSISTENT_VOLUME)
          .build();

  static final Kind POD =
      core("Pod", "pods")
          .struct("core.v1.Pod")
          .shortNames("po")
          .categories("all")
          .subresourceOf("attach", "PodAttachOptions", CREATE, GET)
          .subresourceOf("binding", "Binding", CREATE)
          .subresource("ephemeralcontainers", GET, PATCH, UPDATE)
          .subresource("eviction", Set.of(CREATE), "policy", "v1", "Eviction")
          .subresourceOf("exec", "PodExecOptions", CREATE, GET)
          .subresource("log", GET)
          .subresourceOf("portforward", "PodPortForwardOptions", CREATE, GET)
          .subresource("resize", GET, PATCH, UPDATE)
          .status()
          .selectable(
              "spec.nodeName",
              "spec.host",
              "spec.restartPolicy",
              "spec.schedulerName",
              "spec.serviceAccountName",
              "spec.hostNetwork",
              "status.phase",
              "status.podIP",
              "status.podIPs",
              "status.nominatedNodeName")
          .traits(Trait.GENERATION, Trait.GRACEFUL_DELETE, Trait.DELETE_ANSWERS_OBJECT)
          .columns(PodColumns.ALL)
          .build();

  static final Kind POD_TEMPLATE =
      core("PodTemplate", "podtemplates")
          .struct("core.v1.PodTemplate")
          .traits(Trait.GENERATION, Trait.DELETE_ANSWERS_OBJECT)
          .columns(WorkloadColumns.POD_TEMPLATE)
          .build();

  static final Kind REPLICATION_CONTROLLER =
      core("ReplicationController", "replicationcontrollers")
          .shortNames("rc")
          .categories("all")
          .readOnly()
          .selectable("status.replicas")
          .columns(WorkloadColumns.REPLICATION_CONTROLLER)
          .build();

  static final Kind RESOURCE_QUOTA =
      core("ResourceQuota", "resourcequotas")
          .shortNames("quota")
          .readOnly()
          .columns(ForeignColumns.RESOURCE_QUOTA)
          .build();

  static final Kind SECRET =
      core("Secret", "secrets")
          .struct("core.v1.Secret")
          .selectable("type")
          .columns(ConfigurationColumns.SECRET)
          .build();

  static final Kind SERVICE_ACCOUNT =
      core("ServiceAccount", "serviceaccounts")
          .struct("core.v1.ServiceAccount")
          .shortNames("sa")
          .subresource("token", Set.of(CREATE), "authentication.k8s.io", "v1", "TokenRequest")
          .traits(Trait.DELETE_ANSWERS_OBJECT)
          .columns(Columns.NAME_AND_AGE)
          .build();

  static final Kind SERVICE =
      core("Service", "services")
          .struct("core.v1.Service")
          .shortNames("svc")
          .categories("all")
          .readOnly()
          .selectable("spec.clusterIP", "spec.type")
          .columns(ForeignColumns.SERVICE)
          .build();

  private CoreKinds() {}

  private static KindBuilder core(String kind, String plural) {
    return KindBuilder.of("", "v1", kind, plural);
  }

  static List<Kind> all() {
    return List.of(
        BINDING,
        CONFIG_MAP,
        ENDPOINTS,
        EVENT,
        LIMIT_RANGE,
        NAMESPACE,
        NODE,
        PERSISTENT_VOLUME_CLAIM,
        PERSISTENT_VOLUME,
        POD,
        POD_TEMPLATE,
        REPLICATION_CONTROLLER,
        RESOURCE_QUOTA,
        SECRET,
        SERVICE_ACCOUNT,
        SERVICE);
  }
}
