// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMoney} from "../src/interfaces/IMoney.sol";
import {ILedger} from "./ILedger.sol";

interface IAllowance {
    function transferFrom(address from, address to, uint256 amount) external returns (bool);
}

/// @dev Another marketplace, as small as one can be: it settles a sale that both sides agreed to, and pays ERC-2981.
contract RoyaltyMarketplace {
    ILedger internal immutable WORKS;
    address internal immutable MONEY;

    constructor(ILedger works, IMoney money) {
        (WORKS, MONEY) = (works, address(money));
    }

    function settle(address seller, address buyer, uint256 workId, uint256 quantity, uint256 priceAtomic)
        external
        virtual
    {
        (address receiver, uint256 royaltyAtomic) = WORKS.royaltyInfo(workId, priceAtomic);
        IAllowance(MONEY).transferFrom(buyer, receiver, royaltyAtomic);
        IAllowance(MONEY).transferFrom(buyer, seller, priceAtomic - royaltyAtomic);
        WORKS.safeTransferFrom(seller, buyer, workId, quantity, "");
    }
}

/// @dev What a marketplace might become once it is listed: it pays the seller alone.
contract RoyaltyEvader is RoyaltyMarketplace {
    constructor(ILedger works, IMoney money) RoyaltyMarketplace(works, money) {}

    function settle(address seller, address buyer, uint256 workId, uint256 quantity, uint256 priceAtomic)
        external
        override
    {
        IAllowance(MONEY).transferFrom(buyer, seller, priceAtomic);
        WORKS.safeTransferFrom(seller, buyer, workId, quantity, "");
    }
}
