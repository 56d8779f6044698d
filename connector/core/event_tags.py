"""The tags of events, by which listeners subscribe."""

from enum import Enum


class MarketEvent(Enum):
    """Tags of the events. Numbers up to 299 are Hummingbot's, the others are this project's."""

    BuyOrderCompleted = 102
    SellOrderCompleted = 103
    OrderCancelled = 106
    OrderFilled = 107
    OrderExpired = 108
    OrderFailure = 198
    BuyOrderCreated = 200
    SellOrderCreated = 201
    FundingPaymentCompleted = 202
    OrderOutcomeUnknown = 301
    OrderModified = 302
    OrderModifyFailed = 303
    OrderTriggered = 304
    FeedLost = 310
    FeedRestored = 311
    FundingRateChanged = 312
    RateLimitNear = 313
    OrdersPaused = 314
    OrderWayChanged = 315
    RateLimitWait = 316
    LeverageConfirmed = 320
    LeverageChanged = 321
    MarginTypeChanged = 322
    PositionModeChanged = 323
    MultiAssetsModeChanged = 324
    BracketsChanged = 325
    CreditModeChanged = 326
    MarginCall = 330
    Liquidation = 331
    InsuranceCleared = 332
    PositionSettled = 333
    PositionDrift = 340
    MarginDrift = 343
    Transfer = 341
    ForeignFill = 342
    OpeningsPaused = 350
    OpeningsResumed = 351
    CancelOnDisconnect = 352
    RiskLimit = 353
    TradingStatus = 360
