/** The deployments of `wrangler.toml`: each has to bind and set whatever the development one does, for none inherits it. */
import { dirname, join } from 'node:path'
import { unstable_readConfig } from 'wrangler'

export const CONFIG = join(dirname(import.meta.dirname), 'wrangler.toml')
export const DEPLOYMENTS = ['preview', 'production'] as const

/** The names of everything that a deployment is given. */
function givenTo(env?: (typeof DEPLOYMENTS)[number]): Set<string> {
  process.env.WRANGLER_SEND_METRICS = 'false'
  const config = unstable_readConfig(
    { config: CONFIG, ...(env === undefined ? {} : { env }) },
    { hideWarnings: true },
  )
  const bound = [
    config.d1_databases,
    config.r2_buckets,
    config.services,
    config.kv_namespaces,
    config.durable_objects.bindings.map(({ name }: { name: string }) => ({ binding: name })),
    config.ratelimits.map(({ name }: { name: string }) => ({ binding: name })),
    config.queues.producers ?? [],
  ].flatMap(bindings => (bindings ?? []).map(({ binding }: { binding: string }) => `the binding ${binding}`))
  return new Set([...bound, ...Object.keys(config.vars).map(name => `the variable ${name}`)])
}

/** Each in a sentence; none when all deployments are alike. */
export function deploymentFaults(): string[] {
  const development = givenTo()
  return DEPLOYMENTS.flatMap(env => {
    const given = givenTo(env)
    return [
      ...[...development]
        .filter(name => !given.has(name))
        .map(name => `wrangler.toml: env.${env} lacks ${name}`),
      ...[...given]
        .filter(name => !development.has(name))
        .map(name => `wrangler.toml: only env.${env} has ${name}`),
    ]
  })
}
