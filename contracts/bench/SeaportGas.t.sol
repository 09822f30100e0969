// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ERC1155} from "solady/tokens/ERC1155.sol";
import {ConduitControllerInterface} from "seaport-types/src/interfaces/ConduitControllerInterface.sol";
import {ConsiderationInterface} from "seaport-types/src/interfaces/ConsiderationInterface.sol";
import {BasicOrderType, ItemType, OrderType} from "seaport-types/src/lib/ConsiderationEnums.sol";
import {
    AdditionalRecipient,
    AdvancedOrder,
    BasicOrderParameters,
    ConsiderationItem,
    CriteriaResolver,
    OfferItem,
    OrderComponents,
    OrderParameters
} from "seaport-types/src/lib/ConsiderationStructs.sol";

import {GasStage} from "../test/GasStage.sol";

/// @dev What our editions would be if Seaport sold them: an ERC-1155 that lets it.
contract Collection is ERC1155 {
    function mint(address to, uint256 id, uint256 quantity) external {
        _mint(to, id, quantity, "");
    }

    function uri(uint256) public pure override returns (string memory) {
        return "";
    }
}

/// @dev One edition for one price on Seaport, directly and through its conduit: seller, royalty and fee paid at once.
/// forge-config: bench.isolate = true
contract SeaportGasTest is GasStage {
    uint256 private constant EDITION = 1;

    ConsiderationInterface private seaport;
    Collection private collection;
    address private conduit;
    bytes32 private conduitKey;
    uint256 private salt;

    function setUp() public override {
        super.setUp();
        address controller =
            this.create(vm.getCode("out/seaport/ConduitController.sol/ConduitController.json"));
        bytes memory creation = vm.getCode("out/seaport/Seaport.sol/Seaport.json");
        seaport = ConsiderationInterface(this.create(abi.encodePacked(creation, abi.encode(controller))));
        conduitKey = bytes32(uint256(uint160(address(this))) << 96);
        conduit = ConduitControllerInterface(controller).createConduit(conduitKey, address(this));
        ConduitControllerInterface(controller).updateChannel(conduit, address(seaport), true);
        collection = new Collection();
        collection.mint(seller.addr, EDITION, 100);
        collection.mint(buyer.addr, EDITION, 1);
        vm.startPrank(seller.addr);
        collection.setApprovalForAll(address(seaport), true);
        collection.setApprovalForAll(conduit, true);
        vm.stopPrank();
        money.mint(treasury, 1);
        money.mint(creator.addr, 1);
    }

    function snapshotGroup() internal pure override returns (string memory) {
        return "seaport";
    }

    function test_direct() public {
        sell(bytes32(0), address(seaport), "seaport");
    }

    function test_conduit() public {
        sell(conduitKey, conduit, "seaport by conduit");
    }

    function sell(bytes32 key, address spender, string memory way) private {
        approve(buyer, spender);
        fill(buyer, seller, key, true);
        (uint256 paid, uint256 royalty) = (money.balanceOf(seller.addr), money.balanceOf(creator.addr));
        fill(buyer, seller, key, true);
        say(way, ", existing holder");
        assertEq(money.balanceOf(seller.addr) - paid, RESALE_PRICE * 9250 / 10_000);
        assertEq(money.balanceOf(creator.addr) - royalty, RESALE_PRICE / 20);
        fill(buyer, seller, key, false);
        say(way, ", existing holder, by fulfillBasicOrder");
        Account memory fresh = makeAccount("fresh");
        money.mint(fresh.addr, RESALE_PRICE + 1);
        approve(fresh, spender);
        say(way, ", approve");
        fill(fresh, seller, key, true);
        say(way, ", new holder");
        assertEq(collection.balanceOf(fresh.addr, EDITION), 1);
    }

    function test_first_sale() public {
        approve(buyer, address(seaport));
        Account memory newSeller = makeAccount("new seller");
        collection.mint(newSeller.addr, EDITION, 1);
        vm.prank(newSeller.addr);
        collection.setApprovalForAll(address(seaport), true);
        fill(buyer, newSeller, 0, true);
        say("seaport", ", the seller's first sale ever: cold words");
    }

    /// @dev An order for three of which one is bought at a time.
    function test_parts() public {
        approve(buyer, address(seaport));
        OrderComponents memory components = sale(seller, 0, 3);
        components.orderType = OrderType.PARTIAL_OPEN;
        AdvancedOrder memory one =
            AdvancedOrder(parametersOf(components), 1, 3, signed(components, seller), "");
        for (uint256 part; part < 2; ++part) {
            vm.prank(buyer.addr);
            seaport.fulfillAdvancedOrder(one, new CriteriaResolver[](0), 0, buyer.addr);
            say("seaport", part == 0 ? ", a part, the first of three" : ", a part, a later one");
        }
        assertEq(collection.balanceOf(buyer.addr, EDITION), 3);
    }

    /// @dev An order of the buyer's, filled by a holder.
    function test_offer() public {
        approve(buyer, address(seaport));
        for (uint256 round; round < 2; ++round) {
            uint256 paid = money.balanceOf(seller.addr);
            BasicOrderParameters memory parameters =
                basic(bid(), BasicOrderType.ERC1155_TO_ERC20_FULL_OPEN, buyer);
            vm.prank(seller.addr);
            seaport.fulfillBasicOrder_efficient_6GL6yc(parameters);
            say("seaport", round == 0 ? ", the first offer ever accepted" : ", accept an offer");
            assertEq(money.balanceOf(seller.addr) - paid, RESALE_PRICE * 9250 / 10_000);
        }
    }

    function say(string memory way, string memory what) private {
        emit log_named_uint(string.concat(way, what), vm.lastCallGas().gasTotalUsed);
    }

    function approve(Account memory who, address spender) private {
        vm.prank(who.addr);
        money.approve(spender, type(uint256).max);
    }

    function fill(Account memory who, Account memory from, bytes32 key, bool efficient) private {
        BasicOrderParameters memory parameters =
            basic(sale(from, key, 1), BasicOrderType.ERC20_TO_ERC1155_FULL_OPEN, from);
        vm.prank(who.addr);
        if (efficient) seaport.fulfillBasicOrder_efficient_6GL6yc(parameters);
        else seaport.fulfillBasicOrder(parameters);
    }

    // ------------------------------------------------------------------ orders

    function sale(Account memory from, bytes32 key, uint256 quantity)
        private
        returns (OrderComponents memory components)
    {
        (uint256 fee, uint256 royalty) = (RESALE_PRICE / 40, RESALE_PRICE / 20);
        components = blank(from, key);
        components.offer[0] = OfferItem(ItemType.ERC1155, address(collection), EDITION, quantity, quantity);
        components.consideration[0] = payment((RESALE_PRICE - fee - royalty) * quantity, from.addr);
        components.consideration[1] = payment(fee * quantity, treasury);
        components.consideration[2] = payment(royalty * quantity, creator.addr);
    }

    function bid() private returns (OrderComponents memory components) {
        components = blank(buyer, 0);
        components.offer[0] = OfferItem(ItemType.ERC20, address(money), 0, RESALE_PRICE, RESALE_PRICE);
        components.consideration[0] =
            ConsiderationItem(ItemType.ERC1155, address(collection), EDITION, 1, 1, payable(buyer.addr));
        components.consideration[1] = payment(RESALE_PRICE / 40, treasury);
        components.consideration[2] = payment(RESALE_PRICE / 20, creator.addr);
    }

    function blank(Account memory from, bytes32 key) private returns (OrderComponents memory components) {
        components.offerer = from.addr;
        components.offer = new OfferItem[](1);
        components.consideration = new ConsiderationItem[](3);
        components.orderType = OrderType.FULL_OPEN;
        components.endTime = timeNow() + 1 days;
        components.salt = ++salt;
        components.conduitKey = key;
    }

    function basic(OrderComponents memory components, BasicOrderType kind, Account memory from)
        private
        view
        returns (BasicOrderParameters memory parameters)
    {
        OfferItem memory offered = components.offer[0];
        ConsiderationItem memory asked = components.consideration[0];
        parameters.considerationToken = asked.token;
        parameters.considerationIdentifier = asked.identifierOrCriteria;
        parameters.considerationAmount = asked.startAmount;
        parameters.offerer = payable(components.offerer);
        parameters.offerToken = offered.token;
        parameters.offerIdentifier = offered.identifierOrCriteria;
        parameters.offerAmount = offered.startAmount;
        parameters.basicOrderType = kind;
        (parameters.endTime, parameters.salt) = (components.endTime, components.salt);
        parameters.offererConduitKey = components.conduitKey;
        parameters.fulfillerConduitKey = components.conduitKey;
        parameters.totalOriginalAdditionalRecipients = 2;
        parameters.additionalRecipients = new AdditionalRecipient[](2);
        for (uint256 i; i < 2; ++i) {
            ConsiderationItem memory share = components.consideration[i + 1];
            parameters.additionalRecipients[i] = AdditionalRecipient(share.startAmount, share.recipient);
        }
        parameters.signature = signed(components, from);
    }

    function parametersOf(OrderComponents memory components)
        private
        pure
        returns (OrderParameters memory parameters)
    {
        parameters.offerer = components.offerer;
        parameters.offer = components.offer;
        parameters.consideration = components.consideration;
        parameters.orderType = components.orderType;
        (parameters.endTime, parameters.salt) = (components.endTime, components.salt);
        parameters.conduitKey = components.conduitKey;
        parameters.totalOriginalConsiderationItems = components.consideration.length;
    }

    function signed(OrderComponents memory components, Account memory from)
        private
        view
        returns (bytes memory)
    {
        (, bytes32 separator,) = seaport.information();
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", separator, seaport.getOrderHash(components)));
        return signCompact(from, digest);
    }

    function payment(uint256 amount, address to) private view returns (ConsiderationItem memory) {
        return ConsiderationItem(ItemType.ERC20, address(money), 0, amount, amount, payable(to));
    }
}
