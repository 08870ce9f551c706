package org.elasticsearch.node;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.elasticsearch.cluster.service.ClusterService;
import org.elasticsearch.env.Environment;
import org.elasticsearch.plugins.ListedPluginsService;
import org.elasticsearch.plugins.Plugin;
import org.elasticsearch.plugins.PluginsLoader;
import org.elasticsearch.plugins.PluginsService;

/** A node without the folders of a distribution. In this package because the way in is visible here only. */
public final class PlainNode extends Node {
    public PlainNode(Environment environment, List<Class<? extends Plugin>> plugins) {
        super(NodeConstruction.prepareConstruction(environment, noModules(), new Services(plugins), true));
    }

    private static PluginsLoader noModules() {
        return PluginsLoader.createPluginsLoader(Set.of(), Set.of(), Map.of(), false);
    }

    /** The distribution's own listener writes a marker into its log and nothing else. */
    @Override
    protected void configureNodeAndClusterIdStateListener(ClusterService clusterService) {}

    private static final class Services extends NodeServiceProvider {
        private final List<Class<? extends Plugin>> plugins;

        Services(List<Class<? extends Plugin>> plugins) {
            this.plugins = plugins;
        }

        @Override
        PluginsService newPluginService(Environment environment, PluginsLoader fromFolders) {
            return new ListedPluginsService(environment.settings(), environment, noModules(), plugins);
        }
    }
}
