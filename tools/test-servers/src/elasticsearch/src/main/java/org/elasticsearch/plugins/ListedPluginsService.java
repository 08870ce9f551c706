package org.elasticsearch.plugins;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.elasticsearch.Build;
import org.elasticsearch.action.admin.cluster.node.info.PluginsAndModules;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;

/** Plugins given as classes, where a distribution finds them in folders. */
public final class ListedPluginsService extends PluginsService {
    private final List<LoadedPlugin> loaded = new ArrayList<>();

    public ListedPluginsService(
        Settings settings, Environment environment, PluginsLoader loader, List<Class<? extends Plugin>> classes) {
        super(settings, environment.configDir(), loader);
        for (Class<? extends Plugin> type : classes) {
            Plugin plugin = loadPlugin(type, settings, environment.configDir());
            loaded.add(new LoadedPlugin(describe(type), plugin, type.getClassLoader()));
        }
    }

    @Override
    protected List<LoadedPlugin> plugins() {
        return loaded;
    }

    @Override
    public PluginsAndModules info() {
        return new PluginsAndModules(
            loaded.stream().map(plugin -> new PluginRuntimeInfo(plugin.descriptor())).toList(), List.of());
    }

    private static PluginDescriptor describe(Class<? extends Plugin> type) {
        String text = String.join(
            "\n",
            "name=" + type.getSimpleName(),
            "description=given as a class",
            "version=1",
            "classname=" + type.getName(),
            "java.version=" + Runtime.version().feature(),
            "elasticsearch.version=" + Build.current().version(),
            "");
        try {
            return PluginDescriptor.readInternalDescriptorFromStream(
                new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
