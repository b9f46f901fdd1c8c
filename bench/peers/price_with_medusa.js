// Medusa's promotion module prices a cart: reads the rule set, prints the median seconds of computeActions and what is
// left to pay. PEER_DATABASE: the address of an empty PostgreSQL database.
const { createRequire } = require("node:module")

const from = createRequire(`${process.cwd()}/package.json`)
const { MedusaApp } = from("@medusajs/framework/modules-sdk")
const { ContainerRegistrationKeys, Modules, ModulesSdkUtils } = from("@medusajs/framework/utils")

const quiet = { info() {}, debug() {}, warn() {}, error: console.error }
const database = {
    clientUrl: process.env.PEER_DATABASE,
    driverOptions: { connection: { ssl: false } },
}

async function open() {
    const app = await MedusaApp({
        modulesConfig: { [Modules.PROMOTION]: { resolve: "@medusajs/promotion", options: { database } } },
        sharedResourcesConfig: { database },
        injectedDependencies: {
            [ContainerRegistrationKeys.PG_CONNECTION]: ModulesSdkUtils.createPgConnection(database),
            [ContainerRegistrationKeys.LOGGER]: quiet,
        },
    })
    await app.runMigrations()
    await app.onApplicationStart?.()
    return app.modules[Modules.PROMOTION]
}

function promotion(offer, number) {
    const skus = offer.skus.length ? [{ attribute: "items.sku", operator: "in", values: offer.skus }] : []
    const minimum = { attribute: "item_total", operator: "gte", values: [String(offer.minimum)] }
    return {
        code: `offer-${number}`,
        type: "standard",
        status: "active",
        is_automatic: true,
        rules: offer.minimum ? [minimum] : [],
        application_method: {
            type: "percentage",
            target_type: "items",
            allocation: "across",
            value: offer.rate_bp / 100,
            currency_code: "gbp",
            target_rules: skus,
        },
    }
}

async function main() {
    let text = ""
    for await (const part of process.stdin) text += part
    const asked = JSON.parse(text)
    const service = await open()
    await service.createPromotions(asked.offers.map(promotion))
    const items = asked.lines.map((line) => ({
        id: line.sku,
        sku: line.sku,
        quantity: line.quantity,
        subtotal: line.quantity * line.unit_price,
        original_total: line.quantity * line.unit_price,
        is_discountable: true,
    }))
    const full = items.reduce((sum, item) => sum + item.subtotal, 0)
    const cart = { currency_code: "gbp", item_total: full, items }
    const times = []
    let actions = []
    for (let n = 0; n < asked.samples; n++) {
        const started = process.hrtime.bigint()
        actions = await service.computeActions([], cart)
        times.push(Number(process.hrtime.bigint() - started) / 1e9)
    }
    times.sort((one, other) => one - other)
    const off = actions.reduce((sum, action) => sum + Number(action.amount ?? 0), 0)
    const version = from("@medusajs/promotion/package.json").version
    process.stdout.write(`\n${JSON.stringify({ median: times[times.length >> 1], total: full - off, version })}\n`)
    process.exit(0)
}

main().catch((error) => {
    console.error(error)
    process.exit(1)
})
