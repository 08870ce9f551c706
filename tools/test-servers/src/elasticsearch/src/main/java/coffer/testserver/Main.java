package coffer.testserver;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.InternalSettingsPreparer;
import org.elasticsearch.node.PlainNode;
import org.elasticsearch.transport.netty4.Netty4Plugin;

/** {@code Main FOLDER PORT}: a single node on 127.0.0.1 whose data lie in FOLDER. Ends in an orderly way on SIGTERM. */
public final class Main {
    private static final String NAME = "coffer-test";

    private Main() {}

    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(arguments[0]).toAbsolutePath();
        Path config = Files.createDirectories(home.resolve("config"));
        Settings settings = Settings.builder()
            .put("path.home", home.toString())
            .put("path.data", home.resolve("data").toString())
            .put("path.logs", home.resolve("logs").toString())
            .put("cluster.name", NAME)
            .put("node.name", NAME)
            .put("network.host", "127.0.0.1")
            .put("http.port", arguments[1])
            .put("transport.port", "0")
            .put("discovery.type", "single-node")
            // A full disk of the machine is none of the tests' business.
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .put("node.processors", 2)
            .build();
        Environment environment = InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), config, () -> NAME);
        LogConfigurator.configureWithoutConfig(environment.settings());
        LogConfigurator.setNodeName(NAME);
        PlainNode node = new PlainNode(environment, List.of(Netty4Plugin.class, RootPlugin.class));
        node.start();
        CountDownLatch end = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                node.close();
            } catch (Exception failure) {
                failure.printStackTrace();
            }
            end.countDown();
        }));
        end.await();
    }
}
