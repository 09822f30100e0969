// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ICatalogue} from "./ICatalogue.sol";
import {ICredits} from "./ICredits.sol";
import {IEditions} from "./IEditions.sol";
import {IMarket} from "./IMarket.sol";
import {IRoyalties} from "./IRoyalties.sol";

/// @title IWorks
/// @notice The ledger of works: catalogue, editions, market, royalties and credits at one address.
interface IWorks is ICatalogue, ICredits, IEditions, IMarket, IRoyalties {}
