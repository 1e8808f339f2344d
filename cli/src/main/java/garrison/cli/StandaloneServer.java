package garrison.cli;

import garrison.apiserver.ApiServer;
import garrison.apiserver.ApiServerConfig;
import garrison.apiserver.DataFolder;
import garrison.apiserver.auth.User;
import garrison.client.Cluster;
import garrison.control.Controllers;
import garrison.control.nodelifecycle.Limits;
import garrison.store.SqliteStore;
import garrison.store.Store;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/** API server, controllers and store in this process: what {@code up} and {@code server} start. */
final class StandaloneServer implements AutoCloseable {
  private final DataFolder folder;
  private final Store store;
  private final ApiServer server;
  private final Controllers controllers;

  private StandaloneServer(
      DataFolder folder, Store store, ApiServer server, Controllers controllers) {
    this.folder = folder;
    this.store = store;
    this.server = server;
    this.controllers = controllers;
  }

  /**
   * Starts all of it.
   *
   * @param data folder of the store, the certificates and the kubeconfig; made with mode 0700
   * @param port 0 for any free one
   * @param addresses to listen on
   * @param names further names and addresses of this machine, for its certificate
   * @param advertised the address at which pods find it
   * @throws garrison.apiserver.StartException with what to do, where it cannot
   * @throws garrison.store.StoreException the same, of the store
   */
  static StandaloneServer start(
      Path data, int port, List<String> addresses, List<String> names, String advertised) {
    DataFolder folder = DataFolder.hold(data);
    Store store = null;
    ApiServer server = null;
    try {
      store = SqliteStore.open(data.resolve("garrison.db"));
      Clock clock = Clock.systemUTC();
      server =
          ApiServer.start(
              new ApiServerConfig(data, port, addresses, names, advertised, store, clock));
      ApiServer api = server;
      Controllers controllers =
          new Controllers(
              loop -> api.cluster(User.loop(loop)),
              server.caPem(),
              clock,
              Limits.DEFAULT,
              server.meters());
      controllers.start();
      return new StandaloneServer(folder, store, server, controllers);
    } catch (RuntimeException e) {
      if (server != null) {
        server.close();
      }
      if (store != null) {
        store.close();
      }
      folder.close();
      throw e;
    }
  }

  /** The API server. */
  ApiServer api() {
    return server;
  }

  /** The API with an administrator's rights, in process. */
  Cluster admin() {
    return server.cluster(User.ADMIN);
  }

  @Override
  public void close() {
    controllers.close();
    server.close();
    store.close();
    folder.close();
  }
}
