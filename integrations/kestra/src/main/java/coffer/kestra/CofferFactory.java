package coffer.kestra;

import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.env.Environment;

/** Makes the beans of this jar. */
@Factory
final class CofferFactory {
    /** Made when Kestra starts, so that a configuration that is wrong ends it there, and not a flow at night. */
    @Context
    Settings settings(Environment environment) {
        return SettingsReader.read(environment);
    }

    /** Made when Kestra starts as well: `coffer.ca` is read then. */
    @Context
    CofferClient client(Settings settings) {
        return new CofferClient(settings);
    }
}
